//! `agentctl events`: what happened, and what happens.

use serde_json::Value;

use super::failure::Failure;
use super::here::Here;
use super::output;

pub(super) async fn events(
    here: &Here,
    follow: bool,
    after: Option<u64>,
    most: usize,
) -> Result<(), Failure> {
    // The live stream is opened before the kept events are read, so that none falls between them.
    let stream =
        if follow { Some(here.client.follow(&here.at("events/follow").await?).await?) } else { None };
    let after_it = after.map(|number| format!("&after={number}")).unwrap_or_default();
    let kept: Vec<Value> =
        here.client.get(&format!("{}?most={most}{after_it}", here.at("events").await?)).await?;
    let mut last = after.unwrap_or(0);
    for event in &kept {
        last = seq(event).unwrap_or(last);
        show(here, event)?;
    }
    let Some(mut stream) = stream else { return Ok(()) };
    while let Some(line) = stream.next().await? {
        let event: Value = serde_json::from_str(&line)
            .map_err(|e| Failure::new("an event is not understood").because(&e))?;
        if seq(&event).is_none_or(|seq| seq > last) {
            show(here, &event)?;
        }
    }
    Ok(())
}

fn seq(event: &Value) -> Option<u64> {
    event.get("seq").and_then(Value::as_u64)
}

fn show(here: &Here, event: &Value) -> Result<(), Failure> {
    if here.json() {
        return output::line(&event.to_string());
    }
    let word = |field: &str| event.get(field).and_then(Value::as_str).unwrap_or_default();
    let time = word("at").get(11..23).unwrap_or_default();
    let number = seq(event).map_or_else(|| "-".to_owned(), |n| n.to_string());
    let kind = word("type").replace('_', " ");
    output::line(format!("{time}  {number:>6}  {kind:<22}  {}", details(event)).trim_end())
}

/// What an event says beside its kind: whom it is about, and every field that says something to a person.
fn details(event: &Value) -> String {
    let Some(fields) = event.as_object() else { return String::new() };
    let told =
        |name: &str| ["seq", "at", "type", "actor", "cause"].contains(&name) || name.ends_with("_name");
    let mut words: Vec<String> =
        fields.get("name").and_then(Value::as_str).map(str::to_owned).into_iter().collect();
    if !fields.contains_key("to") {
        // Whom a message is for stands in the message.
        words.extend(fields.get("to_name").and_then(Value::as_str).map(|name| format!("to {name}")));
    }
    for (field, value) in fields.iter().filter(|(field, value)| !told(field) && !value.is_null()) {
        let name = fields.get(&format!("{field}_name")).and_then(Value::as_str);
        words.extend(match (field.as_str(), name) {
            ("name", _) => None,
            ("agent", None) if fields.contains_key("name") => None,
            ("agent" | "team", Some(name)) => Some(name.to_owned()),
            (field, Some(name)) => Some(format!("{field} {name}")),
            ("agent" | "team" | "from" | "to" | "lead", None) if value.is_number() => {
                Some(format!("{field} {value}"))
            }
            (field, None) => Some(said(field, value)),
        });
    }
    words.join("  ")
}

/// A field as a person reads it: of what is made of many parts, its name, its text, or how many there are.
fn said(field: &str, value: &Value) -> String {
    let part = |inner: &Value, name: &str| inner.get(name).and_then(Value::as_str).map(str::to_owned);
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Array(parts) => return format!("{} {field}", parts.len()),
        Value::Object(parts) => {
            let named = ["name", "text"].iter().find_map(|name| part(value, name));
            let seen = part(value, "state").map(|state| match part(value, "reason") {
                Some(reason) => format!("{state}, {reason}"),
                None => state,
            });
            let command = value.get("command").and_then(Value::as_array);
            let command =
                command.map(|words| words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "));
            match named.or(seen).or(command) {
                Some(text) => return crate::domain::clean(&text, 120),
                None => parts.iter().map(|(name, value)| said(name, value)).collect::<Vec<_>>().join(", "),
            }
        }
        other => other.to_string(),
    };
    format!("{field}: {}", crate::domain::clean(&text, 120))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_is_told_by_the_names_of_what_it_is_about() {
        let cases = [
            (json!({"type": "life.started", "agent": 3, "name": "be-1", "pid": 7}), "be-1  pid: 7"),
            (json!({"type": "org.agent_deleted", "agent": 3}), "agent 3"),
            (json!({"type": "org.team_created", "team": {"id": 1, "name": "web", "parent": null}}), "web"),
            (json!({"type": "org.agent_created", "agent": {"id": 1, "name": "be-1", "launch": {}}}), "be-1"),
            (
                json!({"type": "agent_moved", "agent": 3, "name": "be-1", "team": 2, "team_name": "web"}),
                "be-1  web",
            ),
            (
                json!({"type": "org.lead_changed", "team": 2, "team_name": "web", "lead": 3, "lead_name": "be-1"}),
                "lead be-1  web",
            ),
            (
                json!({"type": "life.exited", "agent": 3, "name": "a", "exit": {"code": 2}}),
                "a  exit: code: 2",
            ),
            (
                json!({"type": "life.observed", "agent": 3, "name": "a", "seen": {"state": "idle", "reason": "quiet"}, "unseen": false}),
                "a  idle, quiet  unseen: false",
            ),
            (json!({"type": "org.plan_followed", "commands": [{}, {}]}), "2 commands"),
            (
                json!({"type": "delivery.accepted", "message": {"id": 1, "to": 3, "text": "hi"}, "to_name": "a"}),
                "to a  hi",
            ),
            (json!({"type": "pulse", "from": null, "to": 3, "to_name": "a"}), "to a"),
        ];
        for (event, told) in cases {
            assert_eq!(details(&event), told, "{event}");
        }
    }
}
