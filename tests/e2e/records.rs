//! Programs that keep what they do in files: scripted ones whose adapter is a person's own and says where.

use std::io::Write as _;

use serde_json::Value;

use crate::home::{Home, until};

/// A program that says nothing on its screen, and keeps its journal open.
const PROGRAM: &str = "#!/bin/sh\nexec 3>>\"$OWN_HOME/log/2026/x-c-1.jsonl\"\ncat >/dev/null\n";

const ADAPTER: &str = "[adapter]\nname = 'own'\nprograms = ['own']\n\
    [records]\nform = 'codex'\nvariable = 'OWN_HOME'\nfolder = '~/.own'\n\
    journal = 'log/*/x-{conversation}.jsonl'\n";

struct Own {
    home: Home,
}

impl Own {
    fn start() -> Own {
        let home = Home::new();
        let program = home.write("own", PROGRAM);
        std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .expect("a program");
        let adapters = home.root().join("config/adapters");
        std::fs::create_dir_all(&adapters).expect("a folder");
        std::fs::write(adapters.join("own.toml"), ADAPTER).expect("an adapter");
        let own = home.work().join("kept");
        std::fs::create_dir_all(own.join("log/2026")).expect("a folder");
        home.write(
            "agentctl.toml",
            &format!(
                "[session]\nname = 's'\n[[team]]\nname = 'all'\n[[team.agent]]\nname = 'a'\n\
                 command = [{:?}]\nenv = {{ OWN_HOME = {:?} }}\n",
                program.to_string_lossy(),
                own.to_string_lossy()
            ),
        );
        home.ok(&["up"]);
        home.wait_for_state("a", "idle");
        Own { home }
    }

    fn write(&self, lines: &[&str]) {
        let path = self.home.work().join("kept/log/2026/x-c-1.jsonl");
        let mut journal = std::fs::OpenOptions::new().append(true).open(path).expect("its program made it");
        for line in lines {
            writeln!(journal, "{line}").expect("a line");
        }
    }

    fn input_tokens(&self, count: u64) {
        until(&format!("{count} tokens"), || {
            let cost = self.home.json(&["cost"]);
            if cost["total"]["input_tokens"] == count { Ok(()) } else { Err(cost.to_string()) }
        });
    }

    fn decisive(&self) -> Value {
        let explained = self.home.json(&["agent", "explain", "a"]);
        let all = explained["evidence"].as_array().cloned().unwrap_or_default();
        all.into_iter().find(|piece| piece["decisive"] == true).unwrap_or(explained)
    }
}

fn used(input: u64) -> String {
    format!(
        r#"{{"type":"event_msg","payload":{{"type":"token_count","info":{{"total_token_usage":{{"input_tokens":{input},"output_tokens":5}}}}}}}}"#
    )
}

#[test]
fn what_a_program_writes_into_its_journal_is_its_state_and_what_it_used() {
    let own = Own::start();
    own.write(&[
        r#"{"type":"session_meta","payload":{"id":"c-1","cwd":"/","cli_version":"1.0.0"}}"#,
        r#"{"type":"turn_context","payload":{"model":"m"}}"#,
        r#"{"type":"event_msg","payload":{"type":"task_started"}}"#,
    ]);
    own.home.wait_for_state("a", "thinking");
    let why = own.decisive();
    assert_eq!(
        (why["source"].as_str(), why["rule"].as_str()),
        (Some("record"), Some("task_started")),
        "{why}"
    );

    own.write(&[
        r#"{"type":"response_item","payload":{"type":"function_call","name":"shell","arguments":"{\"cmd\":\"ls\"}"}}"#,
        &used(100),
    ]);
    own.home.wait_for_state("a", "working");
    own.input_tokens(100);
    own.write(&[&used(300), r#"{"type":"event_msg","payload":{"type":"task_complete"}}"#]);
    own.home.wait_for_state("a", "idle");
    own.input_tokens(300);

    // The next daemon reads it all again, and counts nothing twice.
    own.write(&[r#"{"type":"event_msg","payload":{"type":"task_complete","error":{"message":"no"}}}"#]);
    own.home.wait_for_state("a", "error");
    own.home.ok(&["stop"]);
    own.home.ok(&["start"]);
    let agent = own.home.wait_for_state("a", "error");
    assert!(agent["reason"].as_str().unwrap_or_default().contains("no"), "{agent}");
    own.input_tokens(300);
    own.home.ok(&["down"]);
}
