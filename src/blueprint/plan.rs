//! From the file as it is written to the commands it stands for.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;

use crate::domain::{Command, Launch, Name, NewAgent, Role, TeamColor, TeamRef, misspelt};
use crate::manifest::{Manifest, ManifestError, Spanned};

use super::Plan;
use super::file::{AgentTable, BlueprintTable, SessionFile, TeamTable};

/// The most agents one table may stand for.
const MOST_COUNT: u32 = 500;

pub(super) fn plan(path: &Path, text: &str) -> Result<Plan, ManifestError> {
    let shown = path.display().to_string();
    let manifest = Manifest { file: &shown, text };
    let file: SessionFile = manifest.read()?;
    let name = match &file.session.name {
        Some(name) => checked_name(&manifest, name, "session.name")?,
        None => folder_name(path),
    };
    let mut planner = Planner { manifest, file: &file, commands: Vec::new(), taken: BTreeMap::new() };
    planner.teams()?;
    if let Some(executive) = &file.executive {
        planner.agents(executive, "executive", Place::Executive)?;
    }
    for (n, agent) in file.agent.iter().enumerate() {
        planner.agents(agent, &format!("agent[{n}]"), Place::Nowhere)?;
    }
    for (n, team) in file.team.iter().enumerate() {
        planner.members(n, team)?;
    }
    Ok(Plan { name, commands: planner.commands })
}

/// The name of the folder in which the file lies.
fn folder_name(path: &Path) -> Name {
    let folder = path.parent().and_then(Path::file_name).map(|f| f.to_string_lossy().into_owned());
    Name::lenient(folder.as_deref().unwrap_or_default(), "session")
}

fn checked_name(manifest: &Manifest, name: &Spanned<String>, field: &str) -> Result<Name, ManifestError> {
    Name::new(name.get_ref().as_str()).map_err(|e| manifest.at(&name.span(), field, e.to_string()))
}

#[derive(Clone, Copy)]
enum Place<'a> {
    Executive,
    Nowhere,
    In(&'a TeamTable),
}

struct Planner<'a> {
    manifest: Manifest<'a>,
    file: &'a SessionFile,
    commands: Vec<Command>,
    /// The agents' names that are taken, and where.
    taken: BTreeMap<Name, Range<usize>>,
}

impl Planner<'_> {
    /// Plans the teams, each after the one it stands in.
    fn teams(&mut self) -> Result<(), ManifestError> {
        let names: Vec<&str> = self.file.team.iter().map(|t| t.name.get_ref().as_str()).collect();
        for (n, team) in self.file.team.iter().enumerate() {
            let name = checked_name(&self.manifest, &team.name, &format!("team[{n}].name"))?;
            if names[..n].contains(&name.as_str()) {
                let problem = format!("there are two teams called `{name}`");
                return Err(self.manifest.at(&team.name.span(), format!("team[{n}].name"), problem));
            }
            if let Some(parent) = team.parent.as_ref().filter(|p| !names.contains(&p.get_ref().as_str())) {
                let problem = format!("there is no team called `{}`", parent.get_ref());
                let error = self.manifest.at(&parent.span(), format!("team[{n}].parent"), problem);
                return Err(error
                    .did_you_mean(parent.get_ref(), names.iter().copied().filter(|o| *o != name.as_str())));
            }
        }
        let mut done: BTreeSet<&str> = BTreeSet::new();
        while done.len() < names.len() {
            let ready = self.file.team.iter().enumerate().find(|(_, team)| {
                !done.contains(team.name.get_ref().as_str())
                    && team.parent.as_ref().is_none_or(|parent| done.contains(parent.get_ref().as_str()))
            });
            let Some((n, team)) = ready else { return Err(self.circle(&done)) };
            done.insert(team.name.get_ref());
            let command = self.team(n, team)?;
            self.commands.push(command);
        }
        Ok(())
    }

    fn circle(&self, done: &BTreeSet<&str>) -> ManifestError {
        let caught =
            self.file.team.iter().enumerate().find(|(_, team)| !done.contains(team.name.get_ref().as_str()));
        let (n, span) =
            caught.map_or((0, 0..0), |(n, t)| (n, t.parent.as_ref().map_or(t.name.span(), Spanned::span)));
        self.manifest.at(&span, format!("team[{n}].parent"), "these teams stand in each other, in a circle")
    }

    fn team(&self, n: usize, team: &TeamTable) -> Result<Command, ManifestError> {
        let name = checked_name(&self.manifest, &team.name, &format!("team[{n}].name"))?;
        let color = match &team.color {
            None => None,
            Some(color) => Some(color.get_ref().parse::<TeamColor>().map_err(|e| {
                let error = self.manifest.at(&color.span(), format!("team[{n}].color"), e.to_string());
                match crate::domain::nearest(color.get_ref(), TeamColor::NAMES) {
                    Some(near) => error.hint(format!("did you mean `{near}`?")),
                    None => error,
                }
            })?),
        };
        let parent = team.parent.as_ref().map(|parent| TeamRef::from(parent.get_ref().as_str()));
        Ok(Command::CreateTeam { name, parent, color })
    }

    /// Plans a team's agents. A lead that none of its tables names is an agent of its own, made before them.
    fn members(&mut self, n: usize, team: &TeamTable) -> Result<(), ManifestError> {
        if let Some(lead) = &team.lead {
            let known = team.agent.iter().flat_map(names_of).any(|name| name == *lead.get_ref());
            if !known {
                self.check_lead(&team.agent, lead, &format!("team[{n}].lead"))?;
                let table = AgentTable {
                    name: Some(lead.clone()),
                    command: None,
                    blueprint: None,
                    count: None,
                    cwd: None,
                    env: BTreeMap::new(),
                };
                self.agents(&table, &format!("team[{n}].lead"), Place::In(team))?;
            }
        }
        for (m, agent) in team.agent.iter().enumerate() {
            self.agents(agent, &format!("team[{n}].agent[{m}]"), Place::In(team))?;
        }
        Ok(())
    }

    /// A lead that is nearly called like an agent of its team is a slip, unless the two differ in figures alone.
    fn check_lead(
        &self,
        agents: &[AgentTable],
        lead: &Spanned<String>,
        field: &str,
    ) -> Result<(), ManifestError> {
        let written = lead.get_ref();
        let letters = |name: &str| name.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
        let names: Vec<String> = agents.iter().flat_map(names_of).collect();
        let others = names.iter().filter(|name| letters(name) != letters(written)).map(String::as_str);
        match misspelt(written, others) {
            None => Ok(()),
            Some(near) => {
                let problem = format!("no agent of this team is called `{written}`");
                Err(self.manifest.at(&lead.span(), field, problem).hint(format!("did you mean `{near}`?")))
            }
        }
    }

    /// Plans every agent that one table stands for.
    fn agents(&mut self, table: &AgentTable, field: &str, place: Place) -> Result<(), ManifestError> {
        if let Some(count) = table.count.as_ref().filter(|c| !(1..=MOST_COUNT).contains(c.get_ref())) {
            let problem = format!("{} is not between 1 and {MOST_COUNT}", count.get_ref());
            return Err(self.manifest.at(&count.span(), format!("{field}.count"), problem));
        }
        let launch = self.launch(table, field, place)?;
        for text in names_of(table) {
            let name = match (&table.name, text.is_empty()) {
                (Some(written), false) => Some(self.take(&text, &written.span(), field)?),
                _ => None,
            };
            let (team, role) = match place {
                Place::Executive => (None, Role::Executive),
                Place::Nowhere => (None, Role::Worker),
                Place::In(team) => {
                    let leads = team.lead.as_ref().is_some_and(|lead| *lead.get_ref() == text);
                    let role = if leads { Role::Coordinator } else { Role::Worker };
                    (Some(TeamRef::from(team.name.get_ref().as_str())), role)
                }
            };
            self.commands.push(Command::CreateAgent(NewAgent { name, team, role, launch: launch.clone() }));
        }
        Ok(())
    }

    fn take(&mut self, text: &str, span: &Range<usize>, field: &str) -> Result<Name, ManifestError> {
        let wrong = |problem: String| self.manifest.at(span, format!("{field}.name"), problem);
        let name = Name::new(text).map_err(|e| wrong(e.to_string()))?;
        match self.taken.insert(name.clone(), span.clone()) {
            None => Ok(name),
            Some(_) => Err(wrong(format!("there are two agents called `{name}`"))),
        }
    }

    /// Returns how an agent is started: what it says itself, else its team, else the team's first agent, else the
    /// executive.
    fn launch(&self, table: &AgentTable, field: &str, place: Place) -> Result<Launch, ManifestError> {
        let fallback = match place {
            Place::In(team) => self.team_launch(team)?,
            Place::Executive | Place::Nowhere => None,
        };
        let own = self.own_launch(table.command.as_ref(), table.blueprint.as_ref(), field)?;
        let Some(base) = own.or(fallback) else {
            let span = table.name.as_ref().map_or(0..0, Spanned::span);
            let error = self.manifest.at(&span, field, "has neither a command nor a blueprint");
            return Err(error.hint("write, for example, command = [\"claude\"]"));
        };
        let mut env = base.env;
        env.extend(table.env.clone());
        Ok(Launch { cwd: table.cwd.clone().or(base.cwd.clone()), env, ..base })
    }

    fn team_launch(&self, team: &TeamTable) -> Result<Option<Launch>, ManifestError> {
        if let Some(own) = self.own_launch(team.command.as_ref(), team.blueprint.as_ref(), "team")? {
            return Ok(Some(own));
        }
        for table in team.agent.iter().chain(&self.file.executive) {
            if let Some(launch) =
                self.own_launch(table.command.as_ref(), table.blueprint.as_ref(), "agent")?
            {
                return Ok(Some(Launch { command: launch.command, ..Launch::default() }));
            }
        }
        Ok(None)
    }

    fn own_launch(
        &self,
        command: Option<&Spanned<super::file::Argv>>,
        blueprint: Option<&Spanned<String>>,
        field: &str,
    ) -> Result<Option<Launch>, ManifestError> {
        let wrong = |span: &Range<usize>, what: &str, problem: String| {
            self.manifest.at(span, format!("{field}.{what}"), problem)
        };
        match (command, blueprint) {
            (Some(_), Some(blueprint)) => {
                let problem = "an agent has a command or a blueprint, not both".to_owned();
                Err(wrong(&blueprint.span(), "blueprint", problem))
            }
            (Some(command), None) => {
                let words = command.get_ref().words().map_err(|e| wrong(&command.span(), "command", e))?;
                Ok(Some(Launch { command: words, ..Launch::default() }))
            }
            (None, Some(name)) => {
                let Some(found) = self.file.blueprint.get(name.get_ref()) else {
                    let problem = format!("there is no blueprint called `{}`", name.get_ref());
                    let error = wrong(&name.span(), "blueprint", problem);
                    let known: Vec<&str> = self.file.blueprint.keys().map(String::as_str).collect();
                    return Err(if known.is_empty() {
                        error.hint(format!("define it: [blueprint.{}] with a command", name.get_ref()))
                    } else {
                        error.did_you_mean(name.get_ref(), known)
                    });
                };
                self.blueprint(name.get_ref(), found).map(Some)
            }
            (None, None) => Ok(None),
        }
    }

    fn blueprint(&self, name: &str, table: &BlueprintTable) -> Result<Launch, ManifestError> {
        let command = table.command.get_ref().words().map_err(|problem| {
            self.manifest.at(&table.command.span(), format!("blueprint.{name}.command"), problem)
        })?;
        Ok(Launch { command, cwd: table.cwd.clone(), env: table.env.clone(), ..Launch::default() })
    }
}

/// The names that a table stands for: one, or numbered ones; empty where it leaves the choice to the session.
fn names_of(table: &AgentTable) -> Vec<String> {
    let count = table.count.as_ref().map_or(1, |count| (*count.get_ref()).clamp(1, MOST_COUNT));
    let name = table.name.as_ref().map_or("", |name| name.get_ref().as_str());
    match (name, count) {
        ("", count) => (0..count).map(|_| String::new()).collect(),
        (name, 1) => vec![name.to_owned()],
        (name, count) => (1..=count).map(|n| format!("{name}-{n}")).collect(),
    }
}
