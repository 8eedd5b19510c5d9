//! What came of a run, for people and programs. Field names are part of what scripts rely on: they are added to, never
//! renamed.

use serde::{Deserialize, Serialize};

use super::order::Order;
use crate::domain::{MicroUsd, Tokens, Usage};
use crate::headless::Outcome;
use crate::price::Prices;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// It did what was asked, as far as its program says.
    Ok,
    /// It failed.
    Error,
    /// Its time was up.
    Timeout,
    /// A person interrupted it.
    Interrupted,
    /// What it may spend was used up.
    Budget,
}

impl Ending {
    /// Returns the exit code.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Ending::Ok => 0,
            Ending::Error | Ending::Budget => 1,
            Ending::Timeout => 124,
            Ending::Interrupted => 130,
        }
    }
}

/// How far the money is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The program told it.
    Told,
    /// Some or all of it was computed from prices.
    Estimated,
    /// It is not known.
    Unknown,
}

/// What came of a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    /// What the run is called.
    pub run: String,
    /// The adapter's name.
    pub cli: Option<String>,
    /// The blueprint's name.
    pub blueprint: Option<String>,
    /// How long the prompt was, in characters.
    pub prompt_chars: usize,
    /// The answer.
    pub text: String,
    /// The program's exit code; 128 and the signal's number where a signal ended it.
    pub exit_code: Option<i32>,
    /// How it ended.
    pub outcome: Ending,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// The tokens that it used.
    pub tokens: Option<Tokens>,
    /// What it cost, in US dollars.
    pub cost_usd: Option<f64>,
    /// How far that is known.
    pub cost: Basis,
    /// The models that it used.
    pub models: Vec<String>,
    /// The number of its conversation.
    pub conversation: Option<String>,
    /// How many turns it took.
    pub turns: Option<u64>,
    /// What it wanted to do and might not.
    pub denied: Vec<String>,
    /// Whether the tokens are only those that were told before it broke off.
    pub partial: bool,
    /// How many lines of its stream were not understood.
    pub malformed: u64,
    /// Why it failed.
    pub error: Option<String>,
    /// What it used of each model.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub usage: Vec<Usage>,
}

impl Report {
    /// Returns what came of an order, with nothing spent yet.
    #[must_use]
    pub fn new(order: &Order, outcome: Ending) -> Report {
        Report {
            run: order.run.clone(),
            cli: order.cli.clone(),
            blueprint: order.blueprint.clone(),
            prompt_chars: order.prompt.chars().count(),
            text: String::new(),
            exit_code: None,
            outcome,
            duration_ms: 0,
            tokens: None,
            cost_usd: None,
            cost: Basis::Unknown,
            models: Vec::new(),
            conversation: None,
            turns: None,
            denied: Vec::new(),
            partial: false,
            malformed: 0,
            error: None,
            usage: Vec::new(),
        }
    }

    /// Returns the report of a run that could not be begun.
    #[must_use]
    pub fn broken(order: &Order, error: &std::io::Error) -> Report {
        let program = order.command.first().map_or("", String::as_str);
        Report {
            error: Some(format!("{program} cannot be run: {error}")),
            ..Report::new(order, Ending::Error)
        }
    }

    /// Returns it with what its stream told.
    #[must_use]
    pub fn told(mut self, told: Outcome, order: &Order, prices: &Prices) -> Report {
        let usage = named(told.usage, order);
        let (money, basis) = money(&usage, prices);
        self.cost = basis;
        #[expect(clippy::cast_precision_loss, reason = "amounts that a double cannot hold are not spent")]
        let usd = money.map(|money| money.0 as f64 / 1e6);
        self.cost_usd = usd;
        self.tokens = usage.iter().filter_map(|usage| usage.tokens).reduce(|mut sum, tokens| {
            sum += tokens;
            sum
        });
        let of = |usage: &Usage| Usage {
            conversation: usage.conversation.clone().or_else(|| told.conversation.clone()),
            ..usage.clone()
        };
        self.usage = usage.iter().map(of).collect();
        self.models = usage.into_iter().map(|usage| usage.model).filter(|model| !model.is_empty()).collect();
        self.text = told.text;
        self.conversation = told.conversation;
        self.turns = told.turns;
        self.denied = told.denied;
        self.partial = told.partial;
        self.malformed = told.malformed;
        self.error = self.error.or(told.error);
        self
    }

    /// Returns what it used, in a few words.
    #[must_use]
    pub fn summary(&self) -> String {
        let seconds = self.duration_ms / 1000;
        let mut words = vec![match seconds {
            0..60 => format!("{seconds}.{}s", self.duration_ms % 1000 / 100),
            _ => format!("{}m{:02}s", seconds / 60, seconds % 60),
        }];
        words.extend(self.tokens.map(|tokens| format!("{} tokens", tokens.total())));
        words.push(match (self.cost_usd, self.cost) {
            (Some(usd), Basis::Told) => MicroUsd::from_usd(usd).to_string(),
            (Some(usd), _) => format!("about {}", MicroUsd::from_usd(usd)),
            (None, _) => "cost unknown".to_owned(),
        });
        words.join(", ")
    }
}

/// Returns the usage, the model that was asked for put down where the stream names none.
pub(super) fn named(usage: Vec<Usage>, order: &Order) -> Vec<Usage> {
    let name = |usage: Usage| match (&order.model, usage.model.is_empty()) {
        (Some(model), true) => Usage { model: model.clone(), ..usage },
        _ => usage,
    };
    usage.into_iter().map(name).collect()
}

/// Returns the money that was spent, and how far it is known; none where a part of it is not.
pub(super) fn money(usage: &[Usage], prices: &Prices) -> (Option<MicroUsd>, Basis) {
    if usage.is_empty() {
        return (None, Basis::Unknown);
    }
    let mut basis = Basis::Told;
    let mut sum = MicroUsd(0);
    for usage in usage {
        let known = usage.cost.or_else(|| {
            basis = Basis::Estimated;
            prices.estimate(usage)
        });
        let Some(known) = known else { return (None, Basis::Unknown) };
        sum.0 = sum.0.saturating_add(known.0);
    }
    (Some(sum), basis)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::price::Price;

    #[test]
    fn money_of_which_a_part_is_unknown_is_unknown() {
        let usage = |model: &str, cost: Option<u64>| Usage {
            conversation: None,
            model: model.to_owned(),
            tokens: Some(Tokens { input: 2_000_000, ..Tokens::default() }),
            cost: cost.map(MicroUsd),
            whole: false,
        };
        let price = Price { model: "b".into(), input: MicroUsd(3), output: MicroUsd(3), ..Price::default() };
        let prices = Prices::new(vec![price]);
        let of = |list: &[Usage]| money(list, &prices);
        assert_eq!(of(&[usage("a", Some(5)), usage("b", Some(1))]), (Some(MicroUsd(6)), Basis::Told));
        assert_eq!(of(&[usage("a", Some(5)), usage("b", None)]), (Some(MicroUsd(11)), Basis::Estimated));
        assert_eq!(of(&[usage("a", Some(5)), usage("c", None)]), (None, Basis::Unknown));
        assert_eq!(of(&[]), (None, Basis::Unknown));
    }
}
