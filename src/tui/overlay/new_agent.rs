//! The form of a new agent: what is started (a command, or what a blueprint comes to), what it is called, where it
//! stands. The blueprints are a list within the form, which what is typed narrows.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::{Intent, Overlay, Reply};
use crate::domain::{Agent, Key, KeyCode, Launch, Mods, Name, NewAgent, Org, Role, TeamId, clean};
use crate::protocol::{AgentDraft, BlueprintView};
use crate::protocol::{Command, OrgCommand};
use crate::theme;
use crate::tui::model::Model;
use crate::tui::widget::{Field, Finder, Item, Look, Pick, leaves, pressed, put, row, teams, width, wrap};

/// The form of a new agent.
#[derive(Debug)]
pub(in crate::tui) struct NewAgentForm {
    blueprint: Option<String>,
    command: Field,
    name: Field,
    team: Option<TeamId>,
    leads: bool,
    at: Place,
    /// The blueprints to pick from, while one is picked; by number, after none.
    list: Option<(Finder, Vec<String>)>,
}

/// The fields, from the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Blueprint,
    Command,
    Name,
    Team,
    Leads,
}

const PLACES: [Place; 5] = [Place::Blueprint, Place::Command, Place::Name, Place::Team, Place::Leads];

/// The columns before a field.
const LABEL: u16 = 11;

impl NewAgentForm {
    /// Returns the form with what the focused agent was made of and its team, or the command that most agents have.
    pub(in crate::tui) fn new(model: &Model) -> NewAgentForm {
        let chart = &model.chart;
        let own = model.focus.and_then(|focus| chart.agent(focus));
        let blueprint = own.and_then(|agent| agent.blueprint.clone());
        // What a blueprint came to is full of what was meant for that one agent.
        let written = own.filter(|agent| agent.blueprint.is_none()).map(|agent| agent.command.clone());
        let command = written.filter(|words| !words.is_empty()).or_else(|| most_common(&chart.org));
        NewAgentForm {
            at: if blueprint.is_some() { Place::Blueprint } else { Place::Command },
            blueprint,
            list: None,
            command: Field::new(&command.map(shell_words::join).unwrap_or_default()),
            name: Field::default(),
            team: model.focus.and_then(|focus| chart.team_of(focus)),
            leads: false,
        }
    }

    /// What is started.
    fn launch(&self, model: &Model) -> Result<Launch, (Place, String)> {
        if let Some(name) = &self.blueprint {
            // Until it is known which there are, the session is asked.
            let there = model.blueprints.is_none() || usable(model).any(|known| known.name == *name);
            let wrong = || (Place::Blueprint, format!("agents cannot be made from the blueprint `{name}`"));
            let launch = Launch { blueprint: Some(name.clone()), ..Launch::default() };
            return there.then_some(launch).ok_or_else(wrong);
        }
        let command = shell_words::split(self.command.text())
            .map_err(|_| (Place::Command, "a quote is opened and not closed".to_owned()))?;
        if command.first().is_none_or(|program| program.trim().is_empty()) {
            return Err((Place::Command, "which program is to be started?".to_owned()));
        }
        Ok(Launch { command, ..Launch::default() })
    }

    /// What is asked of the session; or what is wrong, and in which field.
    fn agent(&self, model: &Model) -> Result<NewAgent, (Place, String)> {
        let org = &model.chart.org;
        let launch = self.launch(model)?;
        let name = match self.name.text() {
            "" => None,
            text => Some(Name::new(text).map_err(|why| (Place::Name, why.to_string()))?),
        };
        if let Some(name) = name.as_ref().filter(|name| org.agent_named(name.as_str()).is_some()) {
            return Err((Place::Name, format!("there is an agent `{name}` already")));
        }
        if self.team.is_some_and(|team| org.team(team).is_none()) {
            return Err((Place::Team, "that team is not in the chart any more".to_owned()));
        }
        let role = match (self.leads, self.team, org.executive()) {
            (false, ..) => Role::Worker,
            (true, Some(_), _) => Role::Coordinator,
            (true, None, None) => Role::Executive,
            (true, None, Some(executive)) => {
                let why =
                    format!("{} leads the session; in no team there is no one else to lead", executive.name);
                return Err((Place::Leads, why));
            }
        };
        Ok(NewAgent { name, team: self.team.map(Into::into), role, launch })
    }

    fn enter(&mut self, model: &Model) -> Reply {
        match self.agent(model) {
            Ok(new) => {
                let done = match &new.name {
                    Some(name) => format!("{name} is started"),
                    None => "the agent is started".to_owned(),
                };
                Reply::Done(vec![match new.launch.blueprint.clone() {
                    Some(blueprint) => Intent::Make(Box::new(self.draft(new, blueprint, model)), done),
                    None => Intent::Ask(Command::Org(OrgCommand::CreateAgent(new)), done),
                }])
            }
            Err((place, _)) => {
                self.at = place;
                Reply::Stay
            }
        }
    }

    /// What is asked for where the session knows what a blueprint comes to: as `agentctl agent create` asks for it.
    fn draft(&self, new: NewAgent, blueprint: String, model: &Model) -> AgentDraft {
        let team = self.team.and_then(|team| model.chart.team(team));
        AgentDraft {
            name: new.name.map(|name| name.to_string()),
            team: team.map(|team| team.name.to_string()),
            role: Some(new.role.word().to_owned()),
            blueprint: Some(blueprint),
            ..AgentDraft::default()
        }
    }

    fn step(&mut self, by: isize) {
        let at = PLACES.iter().position(|place| *place == self.at).unwrap_or(0);
        let last = PLACES.len() - 1;
        let next = match at.checked_add_signed(by) {
            None => last,
            Some(next) if next > last => 0,
            Some(next) => next,
        };
        self.at = PLACES[next];
        // A blueprint says itself what is started.
        if self.at == Place::Command && self.blueprint.is_some() {
            self.step(by);
        }
    }

    /// Goes to the next blueprint, or the one before; none is one of them.
    fn cycle_blueprint(&mut self, model: &Model, forward: bool) {
        let all: Vec<Option<String>> =
            std::iter::once(None).chain(usable(model).map(|known| Some(known.name.clone()))).collect();
        let at = all.iter().position(|name| *name == self.blueprint).unwrap_or(0);
        let next = if forward { at + 1 } else { at + all.len() - 1 };
        self.blueprint = all.get(next % all.len()).cloned().flatten();
    }

    /// Opens the list of blueprints.
    fn open_list(&mut self, model: &Model) -> &mut Finder {
        let (names, items) = offered(model);
        let mut finder = Finder::new(items, "which blueprint?");
        let at = names.iter().position(|name| Some(name) == self.blueprint.as_ref());
        finder.select(at.map_or(0, |at| at + 1));
        &mut self.list.insert((finder, names)).0
    }

    /// Takes in what was done in the list.
    fn picked(&mut self, pick: Pick) -> Reply {
        match (pick, &self.list) {
            (Pick::Picked(n), Some((_, names))) => {
                self.blueprint = n.checked_sub(1).and_then(|n| names.get(n)).cloned();
                self.list = None;
            }
            (Pick::Left, _) => self.list = None,
            (Pick::Nothing | Pick::Moved | Pick::Picked(_), _) => {}
        }
        Reply::Stay
    }

    /// Goes to the next team, or the one before; no team is one of them.
    fn cycle(&mut self, org: &Org, forward: bool) {
        let all = choices(org);
        let at = all.iter().position(|team| *team == self.team).unwrap_or(0);
        let next = if forward { at + 1 } else { at + all.len() - 1 };
        self.team = all.get(next % all.len()).copied().flatten();
    }

    /// Goes to the next team whose name begins with a letter.
    fn jump(&mut self, org: &Org, letter: char) {
        let all = choices(org);
        let at = all.iter().position(|team| *team == self.team).unwrap_or(0);
        let begins = |team: &Option<TeamId>| {
            team_name(org, *team).chars().next().is_some_and(|c| c.eq_ignore_ascii_case(&letter))
        };
        let round = all.iter().cycle().skip(at + 1).take(all.len());
        if let Some(found) = round.into_iter().find(|team| begins(team)) {
            self.team = *found;
        }
    }

    fn change(&mut self, code: KeyCode, mods: Mods, model: &Model) {
        let org = &model.chart.org;
        match (self.at, code) {
            (Place::Blueprint, KeyCode::Left) => self.cycle_blueprint(model, false),
            (Place::Blueprint, KeyCode::Right) => self.cycle_blueprint(model, true),
            (Place::Blueprint, KeyCode::Backspace | KeyCode::Delete) => self.blueprint = None,
            (Place::Blueprint, KeyCode::Char(' ')) => drop(self.open_list(model)),
            (Place::Blueprint, KeyCode::Char(_)) if matches!(mods, Mods::NONE | Mods::SHIFT) => {
                self.open_list(model).key(Key { code, mods, ..Key::plain(code) });
            }
            (Place::Command, _) => {
                self.command.key(code, mods);
            }
            (Place::Name, _) => {
                self.name.key(code, mods);
            }
            (Place::Team, KeyCode::Left) => self.cycle(org, false),
            (Place::Team, KeyCode::Right | KeyCode::Char(' ')) => self.cycle(org, true),
            (Place::Team, KeyCode::Char(letter)) if mods.is_empty() => self.jump(org, letter),
            (Place::Leads, KeyCode::Left | KeyCode::Right | KeyCode::Char(' ')) => self.leads = !self.leads,
            (Place::Leads, KeyCode::Char('y')) => self.leads = true,
            (Place::Leads, KeyCode::Char('n')) => self.leads = false,
            _ => {}
        }
    }

    /// What is to be known before it is made: what is wrong, or who steps down.
    fn said(&self, model: &Model) -> Option<(String, theme::Role)> {
        let chart = &model.chart;
        match self.agent(model) {
            Err((_, why)) => Some((why, theme::Role::Warning)),
            Ok(new) if new.role == Role::Coordinator => {
                let lead = self.team.and_then(|team| chart.team(team)).and_then(|team| team.lead)?;
                Some((format!("{} leads it now, and steps down", chart.name(lead)), theme::Role::Muted))
            }
            Ok(_) => None,
        }
    }
}

impl Overlay for NewAgentForm {
    fn title(&self) -> String {
        "a new agent".to_owned()
    }

    fn hint(&self) -> String {
        if self.list.is_some() {
            return "type to find · ↑↓ select · enter takes it · esc back".to_owned();
        }
        if self.at == Place::Blueprint {
            return "type to find one · ←→ change · tab next · enter makes it · esc".to_owned();
        }
        "tab next · ←→ change · enter makes it · esc".to_owned()
    }

    fn wants(&self, _model: &Model, (columns, rows): (u16, u16)) -> (u16, u16) {
        match &self.list {
            Some((finder, _)) => (columns.min(72), finder.wants(0).1.max(8).min(rows).min(18)),
            None => (columns.min(72), rows.min(8)),
        }
    }

    fn key(&mut self, key: Key, model: &Model) -> Reply {
        if let Some((finder, _)) = &mut self.list {
            let pick = finder.key(key);
            return self.picked(pick);
        }
        let Some((code, mods)) = pressed(key) else { return Reply::Stay };
        if leaves(code, mods) {
            return Reply::Close;
        }
        match (code, mods) {
            (KeyCode::Enter, _) => return self.enter(model),
            (KeyCode::Tab, Mods::SHIFT) | (KeyCode::Up, _) | (KeyCode::Char('p'), Mods::CTRL) => {
                self.step(-1);
            }
            (KeyCode::Tab | KeyCode::Down, _) | (KeyCode::Char('n'), Mods::CTRL) => self.step(1),
            _ => self.change(code, mods, model),
        }
        Reply::Stay
    }

    fn paste(&mut self, text: &str, model: &Model) -> Reply {
        if let Some((finder, _)) = &mut self.list {
            finder.paste(text);
            return Reply::Stay;
        }
        match self.at {
            Place::Blueprint => drop(self.open_list(model).paste(text)),
            Place::Command => self.command.paste(text),
            Place::Name => self.name.paste(text),
            Place::Team | Place::Leads => {}
        }
        Reply::Stay
    }

    fn click(&mut self, (x, y): (u16, u16), _room: (u16, u16), model: &Model) -> Reply {
        if let Some((finder, _)) = &mut self.list {
            let pick = finder.click((x, y));
            return self.picked(pick);
        }
        if let Some(place) = PLACES.get(usize::from(y)) {
            let again = self.at == *place;
            self.at = *place;
            if again {
                // What is chosen rather than written changes under the mouse.
                let changes = matches!(self.at, Place::Team | Place::Leads);
                changes.then(|| self.change(KeyCode::Right, Mods::NONE, model));
                if self.at == Place::Blueprint {
                    self.open_list(model);
                }
            }
        }
        Reply::Stay
    }

    fn learn(&mut self, model: &Model) {
        if let Some((finder, names)) = &mut self.list {
            let (known, items) = offered(model);
            finder.offer(items);
            *names = known;
        }
    }

    fn draw(&self, model: &Model, area: Rect, buffer: &mut Buffer) -> Option<(u16, u16)> {
        let look = Look::over(&model.theme);
        if let Some((finder, _)) = &self.list {
            return finder.draw(look, area, buffer);
        }
        look.clear(area, buffer);
        let org = &model.chart.org;
        // Where there are fewer rows than fields, the chosen field is in view.
        let own = PLACES.iter().position(|place| *place == self.at).unwrap_or(0);
        let skip = (own + 1).saturating_sub(usize::from(area.height));
        let mut cursor = None;
        for (place, y) in PLACES.into_iter().skip(skip).zip(0..) {
            let Some(line) = row(area, y) else { break };
            let chosen = place == self.at;
            let label = match place {
                Place::Blueprint => "blueprint",
                Place::Command => "command",
                Place::Name => "name",
                Place::Team => "team",
                Place::Leads if self.team.is_none() => "leads all",
                Place::Leads => "leads it",
            };
            let faint = look.role(theme::Role::Muted);
            let label_style = if chosen { look.role(theme::Role::Key) } else { faint };
            let before = LABEL.min(line.width / 3);
            put(buffer, Rect { width: before, ..line }, (1, 0), label, label_style);
            let room = Rect { x: line.x + before, width: line.width - before, ..line };
            let at = match place {
                Place::Blueprint => {
                    let (word, style) = match &self.blueprint {
                        Some(name) => (clean(name, 60), look.text()),
                        None => ("no blueprint".to_owned(), faint),
                    };
                    turn(buffer, room, &word, chosen, (style, faint))
                }
                Place::Command if self.blueprint.is_some() => {
                    put(buffer, room, (0, 0), "as the blueprint says", faint);
                    None
                }
                Place::Command => {
                    self.command.draw(room, look.text(), ("a program and its arguments", faint), buffer)
                }
                Place::Name => self.name.draw(room, look.text(), (&free_name(org), faint), buffer),
                Place::Team => {
                    let color = self.team.and_then(|team| org.team(team)).map(|team| team.color);
                    let style = color.map_or(look.text(), |color| look.team(color));
                    turn(buffer, room, team_name(org, self.team), chosen, (style, faint))
                }
                Place::Leads => {
                    let word = if self.leads { "yes" } else { "no" };
                    turn(buffer, room, word, chosen, (look.text(), faint))
                }
            };
            cursor = if chosen { at } else { cursor };
        }
        if let Some((text, role)) = self.said(model) {
            let lines = wrap(&text, usize::from(area.width.saturating_sub(2)));
            for (line, y) in lines.iter().zip(6..area.height) {
                put(buffer, area, (1, y), line, look.role(role));
            }
        }
        cursor
    }
}

/// Draws a word that left and right change; returns the cursor's cell.
fn turn(
    buffer: &mut Buffer,
    room: Rect,
    word: &str,
    chosen: bool,
    (style, faint): (Style, Style),
) -> Option<(u16, u16)> {
    if room.is_empty() {
        return None;
    }
    let mut x = 0;
    if chosen && usize::from(room.width) >= width(word) + 4 {
        x = put(buffer, room, (0, 0), "‹ ", faint);
        put(buffer, room, (x + u16::try_from(width(word)).unwrap_or(0), 0), " ›", faint);
    }
    put(buffer, room, (x, 0), word, style);
    Some((room.x + x.min(room.width - 1), room.y))
}

/// The blueprints that agents can be made from.
fn usable(model: &Model) -> impl Iterator<Item = &BlueprintView> {
    let known = model.blueprints.iter().flatten();
    known.filter(|blueprint| blueprint.enabled && blueprint.error.is_none())
}

/// The names of those, and the lines of a list of them; the first line is none of them.
fn offered(model: &Model) -> (Vec<String>, Vec<Item>) {
    let item = |title: &str, detail: &str| Item {
        title: clean(title, 60),
        detail: clean(detail, 120),
        ..Item::default()
    };
    let items = usable(model).map(|known| item(&known.name, &known.description));
    let items = std::iter::once(item("no blueprint", "a command")).chain(items).collect();
    (usable(model).map(|known| known.name.clone()).collect(), items)
}

/// No team, and every team in the order of the chart.
fn choices(org: &Org) -> Vec<Option<TeamId>> {
    std::iter::once(None).chain(teams(org).into_iter().map(|(team, _)| Some(team))).collect()
}

fn team_name(org: &Org, team: Option<TeamId>) -> &str {
    team.and_then(|team| org.team(team)).map_or("no team", |team| team.name.as_str())
}

/// The name that the session gives an agent without one.
fn free_name(org: &Org) -> String {
    let mut names = (1u32..).map(|n| format!("Agent_{n}"));
    names.find(|name| org.agent_named(name).is_none()).unwrap_or_default()
}

/// The command that most agents have.
fn most_common(org: &Org) -> Option<Vec<String>> {
    let mut counts: BTreeMap<&[String], usize> = BTreeMap::new();
    let written = |agent: &&Agent| !agent.launch.command.is_empty() && agent.launch.blueprint.is_none();
    for agent in org.agents().filter(written) {
        *counts.entry(&agent.launch.command).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, n)| *n).map(|(command, _)| command.to_vec())
}
