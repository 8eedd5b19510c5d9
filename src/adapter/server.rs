//! `[server]`: the server that a program offers beside its screen, and where it is found. Data, and what follows from a
//! command and its environment; whoever has a network asks there, on this machine alone.

use serde::{Deserialize, Serialize};

use super::flags::says;

/// `[server]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// How it is spoken with.
    pub form: Speaks,
    /// Arguments that have the program listen at `{port}`.
    pub args: Vec<String>,
    /// Words in a command that say where it listens; then nothing is added.
    pub unless: Vec<String>,
    /// The argument whose value is the port.
    pub port: String,
    /// The name that it is given at its door.
    pub user: String,
    /// The variable in which it is told the password.
    pub password: String,
}

/// How a program's server is spoken with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Speaks {
    /// As with opencode's.
    Opencode,
    /// There is none.
    #[default]
    None,
}

/// A place at which a program may listen, for one start: a free port, and a password that nobody else knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// The port.
    pub port: u16,
    /// The password.
    pub password: String,
}

/// Where a program's server is.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// The port on this machine.
    pub port: u16,
    /// The name and the password.
    pub login: Option<(String, String)>,
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Address").field("port", &self.port).finish_non_exhaustive()
    }
}

impl Server {
    /// Returns whether the program offers one.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.form != Speaks::None
    }

    /// Returns whether a command says itself where it listens.
    pub(super) fn is_said(&self, rest: &[String]) -> bool {
        rest.iter().any(|arg| self.unless.iter().any(|word| says(arg, word)))
    }

    /// Returns where the server of a program is that was started with this command and these variables; none if it has
    /// none there.
    #[must_use]
    pub fn at(&self, argv: &[String], variable: impl Fn(&str) -> Option<String>) -> Option<Address> {
        if !self.is_any() || self.port.is_empty() {
            return None;
        }
        let at = argv.iter().position(|arg| says(arg, &self.port))?;
        let value = argv[at].split_once('=').map(|(_, value)| value);
        let port = value.or_else(|| argv.get(at + 1).map(String::as_str))?.parse().ok()?;
        let password = variable(&self.password).filter(|password| !password.is_empty());
        Some(Address { port, login: password.map(|password| (self.user.clone(), password)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_found_where_the_command_says_that_it_listens() {
        let server = Server {
            form: Speaks::Opencode,
            port: "--port".into(),
            user: "u".into(),
            password: "P".into(),
            ..Server::default()
        };
        let at = |command: &str, password: Option<&str>| {
            let argv: Vec<String> = command.split(' ').map(str::to_owned).collect();
            server.at(&argv, |name| password.filter(|_| name == "P").map(str::to_owned))
        };
        let login = Some(("u".to_owned(), "pw".to_owned()));
        assert_eq!(at("o --port 81 x", Some("pw")), Some(Address { port: 81, login: login.clone() }));
        assert_eq!(at("o --port=82", None), Some(Address { port: 82, login: None }));
        assert_eq!((at("o", None), at("o --port", None), at("o --port x", None)), (None, None, None));
        let address = Address { port: 1, login };
        assert!(!format!("{address:?}").contains("pw"), "a password is shown nowhere");
    }
}
