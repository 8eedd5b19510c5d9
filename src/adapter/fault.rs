//! Which error an agent is in: its model's API, a limit of its rate, nobody logged in. Read from the most telling words
//! at hand; a program's bare word that there is an error says nothing.

use std::time::Duration;

use crate::domain::{AgentState, Evidence, Source, WaitFor};

/// Words that were read this long before the state began are about an earlier error.
const OLDER: Duration = Duration::from_secs(3);

/// Returns the reason of a state, the evidence for which stands first.
pub(super) fn reason(evidence: &[Evidence]) -> Option<String> {
    let decisive = evidence.first()?;
    let plain = || format!("{}: {}", decisive.rule, decisive.detail);
    if !is_fault(decisive.state) {
        return Some(plain());
    }
    let fresh = |e: &&Evidence| is_fault(e.state) && decisive.at.since(e.at) <= OLDER && !words(e).is_empty();
    let mut telling = evidence.iter().filter(fresh).map(words).filter(|said| !said.is_empty());
    let named = telling.clone().find_map(|said| Some(format!("{}: {said}", kind(said)?)));
    let bare = words(decisive).is_empty();
    Some(named.or_else(|| telling.next().filter(|_| bare).map(str::to_owned)).unwrap_or_else(plain))
}

fn is_fault(state: AgentState) -> bool {
    matches!(state, AgentState::Error | AgentState::Waiting(WaitFor::Login))
}

/// What a piece of evidence says beyond the state itself.
fn words(evidence: &Evidence) -> &str {
    let said = evidence.detail.trim_start_matches(['■', '✕', '●', '⎿', '│', ' ']);
    match evidence.source {
        // Its word for the state stands before what it says about it.
        Source::Status => said.split_once(", ").map_or("", |(_, said)| said),
        Source::Process | Source::Activity => "",
        _ => said,
    }
}

/// Returns which kind of error words tell of.
fn kind(said: &str) -> Option<&'static str> {
    const LIMIT: [&str; 7] = [
        "rate limit",
        "rate_limit",
        "usage limit",
        "limit reached",
        "too many requests",
        "quota",
        "resource_exhausted",
    ];
    const AUTH: [&str; 9] = [
        "unauthorized",
        "unauthenticated",
        "log in",
        "/login",
        "logged in",
        "authentication",
        "api key",
        "forbidden",
        "permission_denied",
    ];
    const API: [&str; 9] = [
        "api error",
        "overloaded",
        "stream disconnected",
        "connection",
        "high demand",
        "server_error",
        "api failed",
        "retry limit",
        "unexpected status",
    ];
    let lower = said.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let code = |codes: &[&str]| lower.split(|c: char| !c.is_alphanumeric()).any(|word| codes.contains(&word));
    if has(&LIMIT) || code(&["429"]) {
        Some("rate limit")
    } else if has(&AUTH) || code(&["401", "403"]) {
        Some("auth")
    } else if has(&API) || code(&["500", "502", "503", "504", "529"]) {
        Some("API")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    fn says(source: Source, state: AgentState, detail: &str, at: i64) -> Evidence {
        let (rule, detail) = ("rule".to_owned(), detail.to_owned());
        Evidence { source, state, rule, detail, at: Timestamp(at), confidence: 90, decisive: false }
    }

    #[test]
    fn an_error_is_told_by_the_most_telling_words_that_are_not_older() {
        let error = AgentState::Error;
        let bare = says(Source::Status, error, "error", 10_000);
        let read = |more: &[Evidence]| {
            let all: Vec<Evidence> = [bare.clone()].into_iter().chain(more.iter().cloned()).collect();
            reason(&all).unwrap()
        };
        assert_eq!(read(&[]), "rule: error");
        let refused = "unexpected status 401 Unauthorized: refused";
        assert_eq!(
            read(&[says(Source::Record, error, refused, 9_900)]),
            "auth: unexpected status 401 Unauthorized: refused"
        );
        assert_eq!(read(&[says(Source::Record, error, refused, 1_000)]), "rule: error", "it is an old one");
        let limit = "■ exceeded retry limit, last status: 429 Too Many Requests";
        assert_eq!(
            read(&[says(Source::Screen, error, limit, 10_000)]),
            "rate limit: exceeded retry limit, last status: 429 Too Many Requests"
        );
        assert_eq!(read(&[says(Source::Record, error, "something odd", 10_000)]), "something odd");
        let told = says(Source::Status, error, "error, API Error: 500 refused", 10_000);
        assert_eq!(reason(&[told]).unwrap(), "API: API Error: 500 refused");
        let idle = says(Source::Record, AgentState::Idle, "429", 10_000);
        assert_eq!(reason(&[idle]).unwrap(), "rule: 429");
    }
}
