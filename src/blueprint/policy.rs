//! Tools with some arguments alone, as Gemini CLI's policies say them.
//!
//! A pattern is `shell(git *)`: what stands in the brackets is a command in which `*` stands for anything, and `:*` at its
//! end for any further words. A rule of a policy compares an expression with the beginning of the command as it stands
//! in a call written as JSON, between NUL characters. Each part of a chained command is compared by itself.

/// The priority of what is allowed: that of the program's own list of allowed tools.
const ALLOW: u16 = 300;
/// The priority of what is denied, which goes before.
const DENY: u16 = 400;
/// The only tool of which a policy can name arguments.
const SHELL: &str = "run_shell_command";

/// Patterns as a policy, and those that cannot be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Policy {
    /// The file's text; empty if there is nothing to tell.
    pub(super) text: String,
    /// What is allowed and cannot be told.
    pub(super) not_allowed: Vec<String>,
    /// What is denied and cannot be told.
    pub(super) not_denied: Vec<String>,
}

impl Policy {
    /// Writes the policy of these patterns.
    pub(super) fn of(allowed: &[String], denied: &[String]) -> Policy {
        let mut policy = Policy::default();
        for (words, decision, priority) in [(denied, "deny", DENY), (allowed, "allow", ALLOW)] {
            for word in words {
                match expression(word) {
                    Some(expression) => policy.text.push_str(&format!(
                        "[[rule]]\ntoolName = \"{SHELL}\"\ncommandRegex = {}\ndecision = \"{decision}\"\n\
                         priority = {priority}\n\n",
                        serde_json::Value::from(expression)
                    )),
                    None if decision == "deny" => policy.not_denied.push(word.clone()),
                    None => policy.not_allowed.push(word.clone()),
                }
            }
        }
        policy
    }
}

/// Returns the expression for the commands of `run_shell_command(…)`.
fn expression(word: &str) -> Option<String> {
    let pattern = word.strip_prefix(SHELL)?.strip_prefix('(')?.strip_suffix(')')?.trim();
    // The words end there, or go on after a space.
    let ends = |pattern: &str| format!("{}(?:\\s|\"\\x00)", escaped(pattern));
    if let Some(start) = pattern.strip_suffix(":*").or_else(|| pattern.strip_suffix(" *")) {
        return Some(ends(start.trim_end()));
    }
    Some(match pattern.strip_suffix('*') {
        Some(start) => escaped(start),
        None => format!("{}\"\\x00", escaped(pattern)),
    })
}

/// A command as it stands in JSON, as an expression; `*` is anything but the end of the command.
fn escaped(pattern: &str) -> String {
    let json = serde_json::Value::from(pattern).to_string();
    let mut out = String::new();
    for c in json[1..json.len() - 1].chars() {
        match c {
            '*' => out.push_str("[^\\x00]*"),
            c if c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '/' | '=' | ',' | ':') => out.push(c),
            c => {
                out.push('\\');
                out.push(c);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_a_rule_for_the_beginning_of_a_command() {
        for (word, expected) in [
            ("run_shell_command(git status*)", Some("git status")),
            ("run_shell_command(git diff *)", Some("git diff(?:\\s|\"\\x00)")),
            ("run_shell_command(git diff:*)", Some("git diff(?:\\s|\"\\x00)")),
            ("run_shell_command(ls)", Some("ls\"\\x00")),
            ("run_shell_command(git * --no-edit)", Some("git [^\\x00]* --no-edit\"\\x00")),
            ("run_shell_command(echo \"a.b\"*)", Some("echo \\\\\\\"a\\.b\\\\\\\"")),
            ("run_shell_command(*)", Some("")),
            ("read_file(*.env)", None),
        ] {
            assert_eq!(expression(word).as_deref(), expected, "{word}");
        }
    }

    #[test]
    fn what_is_denied_goes_before_what_is_allowed_and_the_rest_is_told() {
        let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let policy = Policy::of(
            &words(&["run_shell_command(git *)", "read_file(a)"]),
            &words(&["run_shell_command(git push*)", "write_file(b)"]),
        );
        let read: toml::Value = toml::from_str(&policy.text).unwrap();
        let rules = read["rule"].as_array().unwrap();
        let of = |n: usize, field: &str| rules[n][field].to_string();
        assert_eq!((of(0, "decision"), of(0, "priority")), ("\"deny\"".into(), "400".into()));
        assert_eq!((of(1, "decision"), of(1, "priority")), ("\"allow\"".into(), "300".into()));
        assert_eq!(rules[0]["commandRegex"].as_str(), Some("git push"));
        assert_eq!(
            (policy.not_allowed, policy.not_denied),
            (words(&["read_file(a)"]), words(&["write_file(b)"]))
        );
    }
}
