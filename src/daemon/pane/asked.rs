//! What the dialog on a pane's screen is about: what the program's records say that it is about to do, together with
//! what the screen says. Nobody else tells of it where a program has no hook for it.

use crate::adapter::{Adapter, Choose, ShownDialog, shown_dialog};
use crate::domain::{AgentState, Ask, AskKind, Observation, Signal, Source, WaitFor};

/// The most calls of tools that are remembered.
const CALLS: usize = 32;

/// How often one dialog is told of: one that counts time would be news for ever.
const TELLS: u32 = 40;

/// How many rows are shown of a dialog of which nothing is understood.
const ROWS: usize = 20;

/// What is known of dialogs.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// The tools that are called and not done, the oldest first.
    calls: Vec<(String, Ask)>,
    told: Option<(Ask, Vec<String>)>,
    tells: u32,
}

impl Asked {
    /// Takes in what the program's records say of its tools.
    pub(super) fn signal(&mut self, signal: &Signal) {
        match signal {
            Signal::ToolCalled { call, ask } => {
                self.calls.retain(|(known, _)| known != call);
                self.calls.push((call.clone(), ask.clone()));
                if self.calls.len() > CALLS {
                    self.calls.remove(0);
                }
            }
            Signal::ToolDone { call: Some(call) } => self.calls.retain(|(known, _)| known != call),
            Signal::ToolDone { call: None } => self.calls.clear(),
            // A turn that is over calls nothing any more.
            Signal::State { source: Source::Record, state: AgentState::Idle | AgentState::Error, .. } => {
                self.calls.clear();
            }
            _ => {}
        }
    }

    /// Takes in what is on the screen; returns what it asks and offers, if that is news.
    pub(super) fn see(
        &mut self,
        seen: &Observation,
        rows: &[String],
        adapter: &Adapter,
    ) -> Option<(Ask, Vec<String>)> {
        let AgentState::Waiting(what @ (WaitFor::Approval | WaitFor::Answer)) = seen.state else {
            (self.told, self.tells) = (None, 0);
            return None;
        };
        let shown = shown_dialog(rows);
        let rule = seen.dialog.as_deref().and_then(|name| name.rsplit_once('#')).map(|(rule, _)| rule);
        let keys = rule.and_then(|rule| adapter.dialog(rule));
        let choosable = keys.is_some_and(|keys| keys.choose != Choose::None);
        let chooses = choosable && keys.is_some_and(|keys| keys.allow.0.is_empty());
        let choices = shown.as_ref().filter(|_| choosable).map(|shown| shown.options.clone());
        let ask = match what {
            WaitFor::Answer => question(shown.as_ref(), rows, chooses),
            _ => self.permission(shown.as_ref(), rows, chooses),
        };
        let news = (ask, choices.unwrap_or_default());
        if self.tells >= TELLS || self.told.as_ref() == Some(&news) {
            return None;
        }
        self.tells += 1;
        self.told = Some(news.clone());
        Some(news)
    }

    fn permission(&self, shown: Option<&ShownDialog>, rows: &[String], chooses: bool) -> Ask {
        if chooses && let Some(shown) = shown {
            return shown.ask(true);
        }
        let called = |shown: &ShownDialog| self.calls.iter().find(|(_, ask)| shown.shows(ask));
        match (shown, shown.and_then(called), self.calls.as_slice()) {
            (_, Some((_, ask)), _) | (None, None, [(_, ask)]) => ask.clone(),
            (Some(shown), None, [(_, ask)]) => beside(ask, shown),
            (Some(shown), None, _) => shown.ask(false),
            (None, None, _) => ShownDialog { text: last(rows), ..ShownDialog::default() }.ask(false),
        }
    }
}

/// What is called, and what the screen says, which may be about something else.
fn beside(ask: &Ask, shown: &ShownDialog) -> Ask {
    let mut ask = ask.clone();
    if let AskKind::Permission { detail, .. } = &mut ask.kind {
        *detail = format!("{detail}\n\non its screen:\n{}", shown.text);
    }
    ask
}

fn question(shown: Option<&ShownDialog>, rows: &[String], chooses: bool) -> Ask {
    let (question, options) = match shown {
        Some(shown) if chooses => (shown.text.clone(), shown.options.clone()),
        Some(shown) => (format!("{}\n{}", shown.text, shown.options.join("\n")), Vec::new()),
        None => (last(rows), Vec::new()),
    };
    Ask::new(AskKind::Question { question: question.trim().to_owned(), options }, None)
}

/// The last rows of a screen.
fn last(rows: &[String]) -> String {
    let filled: Vec<&str> = rows.iter().map(|row| row.trim_end()).filter(|row| !row.is_empty()).collect();
    filled[filled.len().saturating_sub(ROWS)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapter::Adapters;

    fn called(call: &str, command: &str) -> Signal {
        let kind = AskKind::Permission { tool: "exec_command".into(), detail: command.into(), diff: None };
        Signal::ToolCalled { call: call.into(), ask: Ask::new(kind, None) }
    }

    fn detail(news: Option<(Ask, Vec<String>)>) -> Option<(String, String)> {
        match news?.0.kind {
            AskKind::Permission { tool, detail, .. } => Some((tool, detail)),
            _ => None,
        }
    }

    #[test]
    fn a_dialog_is_about_the_call_that_it_shows() {
        let adapters = Adapters::builtin().unwrap();
        let adapter = adapters.named("codex").unwrap();
        let mut seen = Observation::new(AgentState::Waiting(WaitFor::Approval), "r");
        seen.dialog = Some("codex-asks-permission#1".into());
        let screen = |command: &str| -> Vec<String> {
            let text = format!(
                "  Would you like to run the following command?\n\n  $ {command}\n\n› 1. Yes, proceed (y)\n  2. No \
                 (esc)\n\n  Press enter to confirm or esc to cancel"
            );
            text.lines().map(str::to_owned).collect()
        };
        let mut asked = Asked::default();
        let (tool, said) = detail(asked.see(&seen, &screen("rm b"), adapter)).unwrap();
        assert_eq!(tool, "");
        assert!(
            said.starts_with("what it asks is only on its screen:\nWould you like")
                && said.contains("$ rm b")
        );
        // Its record is read a moment later.
        asked.signal(&called("1", "touch a"));
        asked.signal(&called("2", "rm b"));
        let told = detail(asked.see(&seen, &screen("rm b"), adapter));
        assert_eq!(told, Some(("exec_command".into(), "rm b".into())));
        assert_eq!(asked.see(&seen, &screen("rm b"), adapter), None, "it is no news any more");
        asked.signal(&Signal::ToolDone { call: Some("2".into()) });
        let (_, said) = detail(asked.see(&seen, &screen("rm c"), adapter)).unwrap();
        assert!(said.starts_with("touch a\n\non its screen:") && said.contains("$ rm c"), "{said}");
    }
}
