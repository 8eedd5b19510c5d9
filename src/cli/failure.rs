//! What the command line says when it fails, and the code it exits with.

use std::error::Error;
use std::fmt::{self, Write as _};
use std::process::ExitCode;

use crate::client::ClientError;
use crate::protocol::{Code, Problem};

/// Which way it failed; the number is the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Failed = 1,
    Usage = 2,
    NoDaemon = 3,
    Denied = 4,
}

/// A failure, for a person: what, why, how to mend it.
#[derive(Debug)]
pub(super) struct Failure {
    kind: Kind,
    /// What the daemon calls it, if it does.
    code: Option<Code>,
    what: String,
    causes: Vec<String>,
    hint: Option<String>,
}

impl Failure {
    /// Returns a failure that says what could not be done.
    pub(super) fn new(what: impl Into<String>) -> Failure {
        Failure { kind: Kind::Failed, code: None, what: what.into(), causes: Vec::new(), hint: None }
    }

    /// Returns a failure of whoever wrote the command.
    pub(super) fn usage(what: impl Into<String>) -> Failure {
        Failure { kind: Kind::Usage, ..Failure::new(what) }
    }

    /// Returns a failure to find something.
    pub(super) fn not_found(what: impl Into<String>) -> Failure {
        Failure { code: Some(Code::NotFound), ..Failure::new(what) }
    }

    /// Returns it with the word that programs tell it by.
    pub(super) fn code(mut self, code: Code) -> Failure {
        self.code = Some(code);
        self
    }

    /// Returns it with an error and everything behind that.
    pub(super) fn because(mut self, error: &(dyn Error + 'static)) -> Failure {
        let mut next = Some(error);
        while let Some(error) = next {
            self.causes.push(error.to_string());
            next = error.source();
        }
        self
    }

    /// Returns it with a word on how to mend it.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Failure {
        self.hint = Some(hint.into());
        self
    }

    /// Says it on standard error, and returns the exit code.
    pub(super) fn report(&self, json: bool) -> ExitCode {
        if json {
            let text = serde_json::to_string(&self.problem()).unwrap_or_else(|_| self.what.clone());
            super::complaint::complain(&text);
        } else {
            super::complaint::complain(&harmless(self.text().trim_end()));
        }
        ExitCode::from(self.kind as u8)
    }

    /// It as programs read it.
    fn problem(&self) -> Problem {
        let code = self.code.unwrap_or(match self.kind {
            Kind::Usage => Code::Invalid,
            Kind::Denied => Code::Denied,
            Kind::NoDaemon => Code::NoDaemon,
            Kind::Failed => Code::Failed,
        });
        let causes = self.told_causes();
        let cause = (!causes.is_empty()).then(|| causes.join(": "));
        Problem { code, error: self.what.clone(), cause, hint: self.hint.clone() }
    }

    /// The causes, without those that say again what the error they are behind has said.
    fn told_causes(&self) -> Vec<&str> {
        let mut said = self.what.clone();
        let mut told = Vec::new();
        for cause in &self.causes {
            if !said.contains(cause.as_str()) {
                told.push(cause.as_str());
                said.push_str(cause);
            }
        }
        told
    }

    fn text(&self) -> String {
        let mut text = format!("error: {}\n", self.what);
        for cause in self.told_causes() {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "cause: {cause}");
        }
        if let Some(hint) = &self.hint {
            let _ = writeln!(text, "hint: {hint}");
        }
        text
    }
}

/// What is complained about may be quoted from anywhere; nothing of it reaches the terminal but text.
fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        self.told_causes().iter().try_for_each(|cause| write!(f, ": {cause}"))
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Failure {
        match &error {
            ClientError::NoDaemon { .. } => {
                Failure { kind: Kind::NoDaemon, ..Failure::new("no daemon is running") }
                    .because(&error)
                    .hint("agentctl start starts one; so does agentctl")
            }
            ClientError::OtherVersion { .. } => Failure::new(error.to_string())
                .code(Code::Version)
                .hint("agentctl stop && agentctl start replaces it; the agents go on meanwhile"),
            ClientError::Problem(problem) => {
                let kind = match problem.code {
                    Code::Denied => Kind::Denied,
                    Code::Invalid => Kind::Usage,
                    _ => Kind::Failed,
                };
                Failure {
                    kind,
                    code: Some(problem.code),
                    what: problem.error.clone(),
                    causes: problem.cause.clone().into_iter().collect(),
                    hint: problem.hint.clone(),
                }
            }
            ClientError::Http(_)
            | ClientError::Socket(_)
            | ClientError::Answer(_)
            | ClientError::Request(_) => Failure::new("the daemon could not be asked")
                .because(&error)
                .hint("agentctl doctor says more"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_what_why_and_how_to_mend_it() {
        let problem = Problem::new(Code::NotFound, "there is no agent `x`").hint("did you mean `y`?");
        let failure = Failure::from(ClientError::from(problem));
        assert_eq!(failure.text(), "error: there is no agent `x`\nhint: did you mean `y`?\n");
        assert_eq!(failure.problem().code, Code::NotFound);

        let error =
            ClientError::NoDaemon { socket: "/run/s".into(), source: std::io::ErrorKind::NotFound.into() };
        let failure = Failure::from(error);
        assert_eq!((failure.kind, failure.problem().code), (Kind::NoDaemon, Code::NoDaemon));
        let cause = failure.problem().cause.unwrap();
        assert_eq!(cause.matches("not found").count(), 1, "what is behind it is not said twice: {cause}");
        assert!(
            failure.text().starts_with("error: no daemon is running\ncause: reach the daemon at /run/s: "),
            "{}",
            failure.text()
        );
    }
}
