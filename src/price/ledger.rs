//! The ledger of a session: running totals, as programs tell them, folded into sums.
//!
//! A program tells what a conversation has used of a model from its beginning to now, again and again, after a restart
//! too. So a ledger keeps the last total of each and adds what is more than that. A total that is less than it was is a
//! new counter, and all of it is added: there must be one teller a conversation, since an older total that comes late
//! would be taken for a new one. What was estimated, or unknown, is taken back where its money is told later on.
//! Money and tokens of one conversation may have a teller each. Where the money is told of the conversation as a whole,
//! the tokens of every model in it are paid for.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::spent::{Day, Guess, Spent};
use super::sums::Sums;
use crate::domain::{AgentId, MicroUsd, TeamId, Tokens, Usage};

/// How many conversations are remembered, the last that told something; of an older one all is counted that it tells
/// after that.
const CONVERSATIONS: usize = 2048;
/// How many agents and teams have sums of their own.
const MEMBERS: usize = 4096;
/// How many models do.
const MODELS: usize = 256;
/// How many days do.
const DAYS: usize = 400;
/// At how many places guesses of one conversation are remembered to be taken back.
const GUESSES: usize = 32;

/// The longest name of a model or a conversation that is kept, in characters.
const LONGEST_NAME: usize = 200;

/// Where something is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// By which agent.
    pub agent: AgentId,
    /// In which team.
    #[serde(default)]
    pub team: Option<TeamId>,
    /// On which day.
    pub day: Day,
}

/// What a session has spent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ledger {
    total: Spent,
    by_agent: Sums<AgentId>,
    by_team: Sums<TeamId>,
    by_model: Sums<String>,
    by_day: Sums<Day>,
    /// The last that told something is the last.
    counters: VecDeque<Counter>,
}

/// The last totals of one conversation and model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Counter {
    of: Whose,
    model: String,
    #[serde(default)]
    tokens: Tokens,
    #[serde(default)]
    told: Option<MicroUsd>,
    #[serde(default)]
    estimated: Option<MicroUsd>,
    /// Whether `told` is its part of what was told of the whole conversation.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    whole: bool,
    #[serde(default)]
    guesses: Vec<(Place, Guess)>,
}

/// Whose a counter is: a conversation's, whoever leads it, or an agent's whose program numbers none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Whose {
    Conversation(String),
    Agent(AgentId),
}

impl Whose {
    fn of(agent: AgentId, usage: &Usage) -> Whose {
        match &usage.conversation {
            Some(conversation) => Whose::Conversation(short(conversation)),
            None => Whose::Agent(agent),
        }
    }
}

impl Default for Whose {
    fn default() -> Whose {
        Whose::Agent(AgentId(0))
    }
}

impl Ledger {
    /// Puts down a running total. `estimate` is what the whole of it comes to by the prices of today, for a program that
    /// tells no money; it is an argument so that the same words always come to the same sums. Returns what is new.
    pub fn count(&mut self, place: Place, usage: &Usage, estimate: Option<MicroUsd>) -> Spent {
        let mut counter = self.take_counter(place, usage);
        let tokens = usage.tokens.map(|now| {
            let fresh = minus(now, counter.tokens);
            counter.tokens = now;
            fresh
        });
        let mut new = Spent { tokens: tokens.unwrap_or_default(), ..Spent::default() };
        match (usage.cost, estimate) {
            (Some(cost), _) if usage.whole => new.told = self.tell_whole(&mut counter, cost),
            (Some(cost), _) => {
                self.take_back(&mut counter, true);
                new.told.0 = cost.0.saturating_sub(counter.told.unwrap_or_default().0);
                counter.told = Some(cost);
            }
            // Its money will be told with one of the next totals.
            (None, _) if counter.told.is_some() || self.is_paid_whole(&counter.of) => {}
            (None, Some(estimate)) => {
                self.take_back(&mut counter, false);
                let before = counter.estimated.unwrap_or_default().0;
                new.estimated.0 = estimate.0.saturating_sub(before);
                counter.estimated = Some(MicroUsd(before.max(estimate.0)));
            }
            (None, None) => new.unknown_tokens = new.tokens.total(),
        }
        counter.guess(place, Guess { estimated: new.estimated, unknown_tokens: new.unknown_tokens });
        self.add(place, &counter.model, new);
        self.counters.push_back(counter);
        if self.counters.len() > CONVERSATIONS {
            self.counters.pop_front();
        }
        new
    }

    /// Returns whether an agent told exactly this before, and nothing else since.
    #[must_use]
    pub fn knows(&self, agent: AgentId, usage: &Usage) -> bool {
        let of = Whose::of(agent, usage);
        let model = short(&usage.model);
        let known = self.counters.iter().rev().find(|known| known.of == of && known.model == model);
        known.is_some_and(|known| {
            let told = if usage.whole { Some(MicroUsd(self.told_of(&of))) } else { known.told };
            usage.tokens.is_none_or(|tokens| tokens == known.tokens)
                && usage.cost.is_none_or(|cost| told == Some(cost))
                && known.whole >= usage.whole
        })
    }

    /// Returns what the session has spent.
    #[must_use]
    pub fn total(&self) -> Spent {
        self.total
    }

    /// Returns what an agent has spent.
    #[must_use]
    pub fn agent(&self, agent: AgentId) -> Spent {
        self.by_agent.get(&agent)
    }

    /// Returns what was spent in a team; in those that stand in it, not.
    #[must_use]
    pub fn team(&self, team: TeamId) -> Spent {
        self.by_team.get(&team)
    }

    /// Returns what was spent by model, in the order of their names.
    pub fn models(&self) -> impl Iterator<Item = (&str, Spent)> {
        self.by_model.iter().map(|(model, spent)| (model.as_str(), spent))
    }

    /// Returns what was spent by day, the eldest first.
    pub fn days(&self) -> impl Iterator<Item = (Day, Spent)> {
        self.by_day.iter().map(|(day, spent)| (*day, spent))
    }

    /// Returns what was spent by agents that are gone.
    #[must_use]
    pub fn gone(&self) -> Spent {
        self.by_agent.folded()
    }

    /// Folds the sums of an agent that is gone for good; what it spent stays in all the others.
    pub fn agent_is_gone(&mut self, agent: AgentId) {
        self.by_agent.fold(&agent);
        // Its number may be given again, and its conversations be resumed by another.
        self.counters.retain(|counter| counter.of != Whose::Agent(agent));
    }

    /// Folds the sums of a team that is gone for good.
    pub fn team_is_gone(&mut self, team: TeamId) {
        self.by_team.fold(&team);
    }

    /// Takes out the counter that this total goes on with; a new one if there is none, or the total is less than it was.
    fn take_counter(&mut self, place: Place, usage: &Usage) -> Counter {
        let of = Whose::of(place.agent, usage);
        let model = short(&usage.model);
        let at = self.counters.iter().rposition(|known| known.of == of && known.model == model);
        match at.and_then(|at| self.counters.remove(at)) {
            Some(known) if !known.is_ahead_of(usage) => known,
            // Of the whole conversation's money its part stays.
            Some(known) if known.whole => {
                Counter { of, model, told: known.told, whole: true, ..Counter::default() }
            }
            Some(_) | None => Counter { of, model, ..Counter::default() },
        }
    }

    /// Puts down what is new of the money of a whole conversation, and takes back every guess at it.
    fn tell_whole(&mut self, counter: &mut Counter, cost: MicroUsd) -> MicroUsd {
        self.take_back(counter, true);
        let mut others = std::mem::take(&mut self.counters);
        for other in others.iter_mut().filter(|other| other.of == counter.of) {
            self.take_back(other, true);
        }
        self.counters = others;
        let own = counter.told.unwrap_or_default().0;
        let before = self.told_of(&counter.of).saturating_add(own);
        counter.whole = true;
        if cost.0 < before {
            // It is counted anew, and all of it is new.
            for other in self.counters.iter_mut().filter(|other| other.of == counter.of) {
                other.told = other.told.map(|_| MicroUsd(0));
            }
            counter.told = Some(cost);
            return cost;
        }
        counter.told = Some(MicroUsd(own.saturating_add(cost.0 - before)));
        MicroUsd(cost.0 - before)
    }

    /// Returns what was told of the money of a conversation, as far as its counters stand here.
    fn told_of(&self, of: &Whose) -> u64 {
        let told = self.counters.iter().filter(|known| known.of == *of).filter_map(|known| known.told);
        told.fold(0, |sum, told| sum.saturating_add(told.0))
    }

    /// Returns whether the money of a conversation is told as a whole.
    fn is_paid_whole(&self, of: &Whose) -> bool {
        self.counters.iter().any(|known| known.whole && known.of == *of)
    }

    /// Takes back what was guessed: all of it, or only what was unknown.
    fn take_back(&mut self, counter: &mut Counter, estimates: bool) {
        for (place, guess) in &mut counter.guesses {
            let mut back = *guess;
            if !estimates {
                back.estimated = MicroUsd(0);
            }
            self.total -= back;
            self.by_agent.take_back(&place.agent, back);
            if let Some(team) = &place.team {
                self.by_team.take_back(team, back);
            }
            self.by_model.take_back(&counter.model, back);
            self.by_day.take_back(&place.day, back);
            guess.unknown_tokens = 0;
        }
        if estimates {
            counter.guesses.clear();
            counter.estimated = None;
        } else {
            counter.guesses.retain(|(_, guess)| *guess != Guess::default());
        }
    }

    fn add(&mut self, place: Place, model: &str, new: Spent) {
        if new == Spent::default() {
            return;
        }
        self.total += new;
        self.by_agent.add(place.agent, new, MEMBERS);
        if let Some(team) = place.team {
            self.by_team.add(team, new, MEMBERS);
        }
        self.by_model.add(model.to_owned(), new, MODELS);
        self.by_day.add(place.day, new, DAYS);
    }
}

impl Counter {
    /// Returns whether something in it is more than what is told now.
    fn is_ahead_of(&self, usage: &Usage) -> bool {
        let (had, now) = (self.tokens, usage.tokens.unwrap_or(self.tokens));
        let kinds = [
            (had.input, now.input),
            (had.output, now.output),
            (had.cache_read, now.cache_read),
            (had.cache_write, now.cache_write),
        ];
        kinds.iter().any(|(had, now)| had > now)
            || !usage.whole && usage.cost.is_some_and(|cost| self.told.is_some_and(|told| told > cost))
    }

    /// Remembers a guess, so that it can be taken back.
    fn guess(&mut self, place: Place, guess: Guess) {
        if guess == Guess::default() {
            return;
        }
        if let Some((_, known)) = self.guesses.iter_mut().find(|(known, _)| *known == place) {
            known.estimated.0 = known.estimated.0.saturating_add(guess.estimated.0);
            known.unknown_tokens = known.unknown_tokens.saturating_add(guess.unknown_tokens);
        } else {
            if self.guesses.len() >= GUESSES {
                self.guesses.remove(0);
            }
            self.guesses.push((place, guess));
        }
    }
}

/// Returns a name as far as it is kept.
fn short(name: &str) -> String {
    name.chars().take(LONGEST_NAME).collect()
}

fn minus(now: Tokens, before: Tokens) -> Tokens {
    Tokens {
        input: now.input.saturating_sub(before.input),
        output: now.output.saturating_sub(before.output),
        cache_read: now.cache_read.saturating_sub(before.cache_read),
        cache_write: now.cache_write.saturating_sub(before.cache_write),
    }
}

#[cfg(test)]
#[path = "ledger_tests.rs"]
mod tests;
