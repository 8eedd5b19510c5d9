//! What the real programs tell, with neutral paths, and what is read of it.

use serde_json::json;

use super::payload::{LONGEST, bounded};
use super::*;
use crate::domain::{AgentState, Ask, AskKind, MicroUsd, WaitFor};

/// What every hook of Claude Code is given.
fn claude(event: &str, mut more: Value) -> Vec<Signal> {
    let mut payload = json!({
        "session_id": "s-1", "transcript_path": "/home/u/.claude/projects/-src/s-1.jsonl", "cwd": "/src",
        "prompt_id": "p-1", "permission_mode": "default", "hook_event_name": event,
    });
    payload.as_object_mut().unwrap().append(more.as_object_mut().unwrap());
    read_hook("claude", &payload)
}

fn states(signals: &[Signal]) -> Vec<AgentState> {
    let state = |signal: &Signal| match signal {
        Signal::State { state, .. } => Some(*state),
        _ => None,
    };
    signals.iter().filter_map(state).collect()
}

fn asked(signals: &[Signal]) -> &Ask {
    let ask = |signal: &'_ Signal| matches!(signal, Signal::Asks(_));
    match signals.iter().find(|signal| ask(signal)) {
        Some(Signal::Asks(ask)) => ask,
        _ => panic!("nothing is asked: {signals:?}"),
    }
}

#[test]
fn a_turn_of_claude_is_thinking_working_thinking_and_idle() {
    let started = claude("SessionStart", json!({"source": "startup", "model": "m"}));
    let transcript = Some("/home/u/.claude/projects/-src/s-1.jsonl".into());
    assert!(started.contains(&Signal::Conversation { id: "s-1".to_owned(), transcript, fresh: true }));
    let taken = claude("UserPromptSubmit", json!({"prompt": "Say hi.\nThen stop."}));
    assert!(taken.contains(&Signal::PromptTaken { text: Some("Say hi.\nThen stop.".to_owned()) }));
    let bash = json!({"tool_name": "Bash", "tool_input": {"command": "ls", "description": "List"}, "tool_use_id": "t"});
    let ended = claude(
        "Stop",
        json!({"stop_hook_active": false, "last_assistant_message": "Hi.", "background_tasks": []}),
    );
    assert!(ended.contains(&Signal::TurnEnded { text: Some("Hi.".to_owned()), error: None }));
    let all = [taken, claude("PreToolUse", bash.clone()), claude("PostToolUse", bash), ended];
    let seen: Vec<AgentState> = all.iter().flat_map(|signals| states(signals)).collect();
    assert_eq!(seen, [AgentState::Thinking, AgentState::Working, AgentState::Thinking, AgentState::Idle]);
}

#[test]
fn a_turn_that_leaves_tasks_behind_is_not_over_and_a_subagents_end_is_not_the_agents() {
    let left = claude("Stop", json!({"background_tasks": [{"id": "b", "type": "shell"}]}));
    assert_eq!(states(&left), [AgentState::Working]);
    let inner = json!({"agent_id": "a1", "agent_type": "general-purpose", "last_assistant_message": "Hi."});
    assert_eq!(claude("SubagentStop", inner.clone()), []);
    assert_eq!(claude("Stop", inner), []);
    let tool = json!({"agent_id": "a1", "tool_name": "Bash", "tool_input": {"command": "ls"}});
    assert_eq!(states(&claude("PreToolUse", tool.clone())), [AgentState::Working]);
    assert_eq!(states(&claude("PostToolUse", tool)), []);
    assert_eq!(states(&claude("SessionStart", json!({"source": "compact"}))), []);
}

#[test]
fn a_tool_that_fails_is_done_as_well_and_one_that_is_interrupted_ends_no_thought() {
    let failed = |interrupt: bool| {
        let more =
            json!({"tool_name": "Bash", "tool_input": {"command": "false"}, "is_interrupt": interrupt});
        states(&claude("PostToolUseFailure", more))
    };
    assert_eq!(failed(false), [AgentState::Thinking]);
    assert_eq!(failed(true), []);
}

#[test]
fn what_claude_asks_names_tool_and_arguments_and_is_settled_by_what_follows() {
    let input = json!({"command": "touch a && echo b", "description": "Make a marker"});
    let asks = claude("PermissionRequest", json!({"tool_name": "Bash", "tool_input": input}));
    let ask = asked(&asks);
    let AskKind::Permission { tool, detail, diff: None } = &ask.kind else { panic!("{ask:?}") };
    assert_eq!((tool.as_str(), detail.as_str()), ("Bash", "touch a && echo b\n# Make a marker"));
    assert_eq!(states(&asks), [AgentState::Waiting(WaitFor::Approval)]);
    let done = claude("PostToolUse", json!({"tool_name": "Bash", "tool_input": input, "tool_use_id": "t"}));
    assert!(done.contains(&Signal::AskSettled { key: ask.key.clone() }), "{done:?}");
    let other = claude("PostToolUse", json!({"tool_name": "Bash", "tool_input": {"command": "ls"}}));
    assert!(!other.contains(&Signal::AskSettled { key: ask.key.clone() }));

    let write =
        json!({"tool_name": "Write", "tool_input": {"file_path": "/src/a.txt", "content": "one\ntwo\n"}});
    let asks = claude("PermissionRequest", write);
    let AskKind::Permission { detail, diff: Some(diff), .. } = &asked(&asks).kind else { panic!() };
    assert_eq!((detail.as_str(), diff.ends_with("+one\n+two")), ("/src/a.txt", true));
}

#[test]
fn a_question_of_claudes_model_has_its_options_and_several_at_once_are_a_dialog() {
    let question = |text: &str, multi: bool| {
        json!({"question": text, "header": "H", "multiSelect": multi,
               "options": [{"label": "Red", "description": "warm"}, {"label": "Blue", "description": "cold"}]})
    };
    let ask = |questions: Value| {
        claude(
            "PermissionRequest",
            json!({"tool_name": "AskUserQuestion", "tool_input": {"questions": questions}}),
        )
    };
    let one = ask(json!([question("Which colour?", false)]));
    let AskKind::Question { question: text, options } = &asked(&one).kind else { panic!() };
    assert_eq!((text.as_str(), options.join(" ")), ("Which colour?", "Red Blue".to_owned()));
    assert_eq!(states(&one), [AgentState::Waiting(WaitFor::Answer)]);
    let input =
        json!({"questions": [question("Which colour?", false)], "answers": {"Which colour?": "Blue"}});
    let answered = claude("PostToolUse", json!({"tool_name": "AskUserQuestion", "tool_input": input}));
    assert!(answered.contains(&Signal::AskSettled { key: asked(&one).key.clone() }));
    for several in [json!([question("A?", false), question("B?", false)]), json!([question("A?", true)])] {
        assert!(matches!(asked(&ask(several)).kind, AskKind::Dialog { .. }));
    }
}

#[test]
fn a_turn_of_claude_that_fails_says_which_way() {
    for (error, state, words) in [
        ("server_error", AgentState::Error, "the model's API failed: API Error: 500"),
        ("rate_limit", AgentState::Error, "the rate limit is reached: API Error: 500"),
        ("authentication_failed", AgentState::Waiting(WaitFor::Login), "nobody is logged in: API Error: 500"),
    ] {
        let failed =
            claude("StopFailure", json!({"error": error, "last_assistant_message": "API Error: 500"}));
        assert_eq!(states(&failed), [state]);
        let text = Some("API Error: 500".to_owned());
        assert!(failed.contains(&Signal::TurnEnded { text, error: Some(words.to_owned()) }), "{failed:?}");
    }
}

#[test]
fn the_status_line_tells_version_and_money_and_the_session_file_only_of_its_own_process() {
    let line = json!({
        "session_id": "s-1", "transcript_path": "/t", "cwd": "/src", "version": "2.1.329",
        "model": {"id": "claude-x[1m]", "display_name": "X"},
        "cost": {"total_cost_usd": 0.8895, "total_duration_ms": 130_426},
        "context_window": {"total_input_tokens": 24_077, "total_output_tokens": 16},
    });
    let told = read_hook("claude", &line);
    assert!(told.contains(&Signal::Version { version: "2.1.329".to_owned() }));
    let used = told.iter().find_map(|signal| if let Signal::Used(used) = signal { Some(used) } else { None });
    let used = used.unwrap();
    assert_eq!((used.model.as_str(), used.cost, used.tokens), ("claude-x", Some(MicroUsd(889_500)), None));
    assert!(used.whole, "it is the money of every model in the conversation");

    let file = |status: &str, waits: &str| {
        json!({"pid": 7, "sessionId": "s-1", "procStart": "198052", "version": "2.1.329",
               "status": status, "waitingFor": waits})
    };
    let read = |file: &Value, pid, started| {
        let told = read_session_file(Form::Claude, file, pid, started).into_iter();
        states(&told.map(|told| told.signal).collect::<Vec<_>>())
    };
    let asks = file("waiting", "permission prompt");
    assert_eq!(read(&asks, 7, Some("198052")), [AgentState::Waiting(WaitFor::Approval)]);
    assert_eq!(read(&file("waiting", "dialog open"), 7, None), [AgentState::Waiting(WaitFor::Answer)]);
    assert_eq!(read(&file("busy", ""), 7, None), [AgentState::Thinking]);
    assert_eq!(read(&asks, 8, None), [], "another process's");
    assert_eq!(read(&asks, 7, Some("198053")), [], "a process of the same number that began later");
}

#[test]
fn codex_tells_the_end_of_a_turn_but_not_of_its_hidden_ones() {
    let told = |first: &str| {
        read_hook(
            "codex",
            &json!({"type": "agent-turn-complete", "thread-id": "t-1", "turn-id": "u", "cwd": "/src",
                    "client": "codex-tui", "input-messages": [first], "last-assistant-message": "Hi."}),
        )
    };
    let ended = told("Say hi.");
    assert!(ended.contains(&Signal::Conversation { id: "t-1".to_owned(), transcript: None, fresh: false }));
    assert!(ended.contains(&Signal::TurnEnded { text: Some("Hi.".to_owned()), error: None }));
    assert_eq!(states(&ended), [AgentState::Idle]);
    assert_eq!(
        told("Generate a concise, single-line task title of at most 36 characters.\n\nUser prompt:\nSay hi."),
        []
    );
}

#[test]
fn a_turn_of_gemini_with_a_tool_that_asks_is_read() {
    let hook = |event: &str, mut more: Value| {
        let mut payload =
            json!({"session_id": "g-1", "transcript_path": "/t", "cwd": "/src", "hook_event_name": event});
        payload.as_object_mut().unwrap().append(more.as_object_mut().unwrap());
        read_hook("gemini", &payload)
    };
    let tool =
        json!({"tool_name": "run_shell_command", "tool_input": {"command": "ls", "description": "List"}});
    let details =
        json!({"type": "exec", "title": "Confirm Shell Command", "command": "ls", "rootCommand": "ls"});
    let asks = hook("Notification", json!({"notification_type": "ToolPermission", "details": details}));
    let AskKind::Permission { tool: name, detail, .. } = &asked(&asks).kind else { panic!() };
    assert_eq!((name.as_str(), detail.as_str()), ("exec", "ls"));
    let all = [
        hook("BeforeAgent", json!({"prompt": "hi"})),
        hook("BeforeTool", tool.clone()),
        asks,
        hook("AfterTool", tool),
        hook("AfterAgent", json!({"prompt": "hi", "prompt_response": "Hi."})),
    ];
    let seen: Vec<AgentState> = all.iter().flat_map(|signals| states(signals)).collect();
    let asks = AgentState::Waiting(WaitFor::Approval);
    assert_eq!(
        seen,
        [AgentState::Thinking, AgentState::Working, asks, AgentState::Thinking, AgentState::Idle]
    );
    let edit = json!({"type": "edit", "title": "Confirm Write", "filePath": "/src/a", "fileDiff": "@@ -0,0 +1 @@\n+x\n"});
    let asks = hook("Notification", json!({"notification_type": "ToolPermission", "details": edit}));
    let AskKind::Permission { detail, diff, .. } = &asked(&asks).kind else { panic!() };
    assert_eq!((detail.as_str(), diff.as_deref()), ("/src/a", Some("@@ -0,0 +1 @@\n+x")));
}

#[test]
fn what_is_kept_of_a_text_is_clean_bounded_and_keeps_its_lines() {
    assert_eq!(bounded("a\u{1b}[31m\n    b\u{202e}\r\n"), "a[31m\n    b");
    assert!(bounded(&"x y\n".repeat(100_000)).len() <= LONGEST + 4);
    assert!(bounded(&"x".repeat(1_000_000)).len() <= 4);
    for cli in ["claude", "codex", "gemini", "generic"] {
        for odd in ["null", "[]", "3", "{}", "{\"hook_event_name\":5}", "{\"hook_event_name\":\"Odd\"}"] {
            assert_eq!(read_hook(cli, &serde_json::from_str(odd).unwrap()), [], "{cli} {odd}");
        }
    }
}
