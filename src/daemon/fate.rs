//! Waits for what becomes of something: of a message until it is acknowledged or shows no reaction, of the turn that it
//! begins, of an answer until the agent acts on it. The kernel says what each event means; here is only the patience.
//! When the time is up, it is told as it stands then.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use super::answer;
use super::request::{Handle, Told, Who};
use crate::domain::{ApprovalId, MessageId, MessageStatus, Name};
use crate::kernel::life::Turn;
use crate::kernel::{Event, Fate, approval};
use crate::protocol::{Answer, ApprovalView, Code, Command, MessageReport, Problem, TurnReport};

/// How long a text that is being typed is waited for.
const REACTED_WITHIN: Duration = Duration::from_secs(10);

/// How long an answer is waited for: a little longer than the agent has.
const ACTED_WITHIN: Duration = Duration::from_secs(6);

/// How long a turn that was not seen to begin is waited for after a text was submitted.
const BEGINS_WITHIN: Duration = Duration::from_secs(8);

/// How long a model's last words are waited for after its turn was seen to end.
const TOLD_WITHIN: Duration = Duration::from_millis(1500);

type Events = mpsc::Receiver<Arc<Told>>;

/// A report and the message it is about.
struct Followed {
    report: MessageReport,
    fate: Option<Fate>,
}

impl Followed {
    fn new(report: MessageReport, status: MessageStatus) -> Followed {
        let fate = report.id.map(|id| Fate::new(MessageId(id), status));
        Followed { report, fate }
    }

    fn take(&mut self, event: &Event) {
        let (Event::Delivery(event), Some(fate)) = (event, self.fate.as_mut()) else { return };
        if fate.take(event) {
            answer::stand(&mut self.report, &fate.status);
        }
    }

    fn is_under_way(&self) -> bool {
        self.fate.as_ref().is_some_and(Fate::is_under_way)
    }
}

impl Handle {
    /// Sends, and waits until whatever is being typed is acknowledged, given up, or shows no reaction; with `wait_for`,
    /// until the turn that the one text begins is over.
    ///
    /// # Errors
    /// If the session refuses, or the daemon is ending.
    pub async fn send(
        &self,
        session: Name,
        who: Who,
        command: Command,
        wait_for: Option<Duration>,
    ) -> Result<Vec<MessageReport>, Problem> {
        let mut events = self.follow(session.clone()).await?;
        let Answer::Messages { messages } = self.ask(session, who, command).await? else {
            return Err(Problem::new(Code::Internal, "nothing is known of the message"));
        };
        let mut followed: Vec<Followed> = messages
            .into_iter()
            .map(|report| {
                let status = answer::status(&report);
                Followed::new(report, status)
            })
            .collect();
        match (wait_for, followed.as_mut_slice()) {
            (Some(patience), [one]) => {
                let turn = turn(&mut events, one, Instant::now() + patience).await;
                one.report.turn = Some(turn);
            }
            (Some(_), _) => {}
            (None, all) => {
                // What is still being typed when the time is up is reported as that.
                let until = Instant::now() + REACTED_WITHIN;
                while all.iter().any(Followed::is_under_way) {
                    let Ok(Some(told)) = timeout_at(until, events.recv()).await else { break };
                    all.iter_mut().for_each(|one| one.take(&told.record.event));
                }
            }
        }
        Ok(followed.into_iter().map(|one| one.report).collect())
    }

    /// Answers what an agent asks, and waits until the agent acted on that or had its time to.
    ///
    /// # Errors
    /// If the answer is refused, came too late or was not acted on.
    pub async fn answer(
        &self,
        session: Name,
        who: Who,
        command: Command,
        id: ApprovalId,
    ) -> Result<ApprovalView, Problem> {
        let mut events = self.follow(session.clone()).await?;
        self.ask(session.clone(), who, command).await?;
        let until = Instant::now() + ACTED_WITHIN;
        while let Ok(Some(told)) = timeout_at(until, events.recv()).await {
            match &told.record.event {
                Event::Approval(approval::Event::Closed { approval, .. }) if *approval == id => break,
                Event::Approval(approval::Event::Unconfirmed { approval, reason, .. }) if *approval == id => {
                    return Err(Problem::new(Code::Conflict, format!("approval {id} was not acted on"))
                        .cause(reason.clone())
                        .hint("answer it in its pane"));
                }
                _ => {}
            }
        }
        let view = self.approval(session, id).await?;
        match view.status.as_str() {
            // Another answer was first.
            "elsewhere" | "withdrawn" => {
                let why = view.why.unwrap_or(view.status);
                Err(Problem::new(Code::Conflict, format!("approval {id} is settled: {why}")))
            }
            _ => Ok(view),
        }
    }
}

/// Waits for the end of the turn that a message begins.
async fn turn(events: &mut Events, message: &mut Followed, until: Instant) -> TurnReport {
    let mut turn = Turn::default();
    // From when on nothing more is expected, whatever the patience.
    let mut at_most = until;
    while message.fate.as_ref().is_some_and(|fate| !fate.is_lost()) {
        let Ok(Some(told)) = timeout_at(until.min(at_most), events.recv()).await else { break };
        message.take(&told.record.event);
        let submitted_to = message.fate.as_ref().and_then(|fate| fate.submitted_to);
        match &told.record.event {
            Event::Delivery(_) => match message.fate.as_ref().map(|fate| &fate.status) {
                Some(MessageStatus::Delivered { reason: Some(_) }) if !turn.began => {
                    at_most = Instant::now() + BEGINS_WITHIN;
                }
                Some(MessageStatus::Acknowledged { .. }) if !turn.over => at_most = until,
                _ => {}
            },
            Event::Life(event) if submitted_to == Some(event.agent()) => {
                let was = (turn.began, turn.over);
                turn.take(event);
                if turn.text.is_some() || turn.gone {
                    break;
                }
                if turn.over {
                    // The bare word that there is an error may come before what it is.
                    at_most = at_most.min(Instant::now() + TOLD_WITHIN);
                } else if was != (turn.began, turn.over) {
                    at_most = until;
                }
            }
            _ => {}
        }
    }
    TurnReport { over: turn.over, text: turn.text, error: turn.error, seen: turn.seen }
}
