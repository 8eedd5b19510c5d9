//! From the file as it is written to the commands it stands for.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;

use crate::domain::{Launch, Name, NewAgent, Role, TeamColor, TeamRef, misspelt};
use crate::kernel::org::Command as OrgCommand;
use crate::manifest::{Manifest, ManifestError, Spanned};

use super::file::{AgentTable, Argv, BlueprintTable, SessionFile, TeamTable};
use super::library::{Library, LibraryError, Wish};
use super::{Conversion, Note, Plan};

/// The most agents one table may stand for.
const MOST_COUNT: u32 = 500;

pub(super) fn plan(path: &Path, text: &str, library: &Library) -> Result<Plan, ManifestError> {
    let shown = path.display().to_string();
    let manifest = Manifest { file: &shown, text };
    let file: SessionFile = manifest.read()?;
    let name = match &file.session.name {
        Some(name) => checked_name(&manifest, name, "session.name")?,
        None => folder_name(path),
    };
    let mut planner = Planner {
        manifest,
        file: &file,
        library,
        commands: Vec::new(),
        notes: Vec::new(),
        taken: BTreeMap::new(),
    };
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
    Ok(Plan { name, commands: planner.commands, notes: planner.notes })
}

/// Returns the name of a session file's session, and asks nothing else of it than that it can be read.
pub(super) fn name(path: &Path, text: &str) -> Result<Name, ManifestError> {
    let shown = path.display().to_string();
    let manifest = Manifest { file: &shown, text };
    let file: SessionFile = manifest.read()?;
    match &file.session.name {
        Some(name) => checked_name(&manifest, name, "session.name"),
        None => Ok(folder_name(path)),
    }
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

/// What is written about how an agent is started.
#[derive(Clone, Copy)]
struct Asked<'a> {
    command: Option<&'a Spanned<Argv>>,
    blueprint: Option<&'a Spanned<String>>,
}

/// How an agent is started, and what its program cannot be told.
struct Base {
    launch: Launch,
    notes: Vec<Note>,
}

impl From<Launch> for Base {
    fn from(launch: Launch) -> Base {
        Base { launch, notes: Vec::new() }
    }
}

impl From<Conversion> for Base {
    fn from(made: Conversion) -> Base {
        Base { launch: made.launch, notes: made.notes }
    }
}

struct Planner<'a> {
    manifest: Manifest<'a>,
    file: &'a SessionFile,
    library: &'a Library,
    commands: Vec<OrgCommand>,
    notes: Vec<(String, Note)>,
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

    fn team(&self, n: usize, team: &TeamTable) -> Result<OrgCommand, ManifestError> {
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
        Ok(OrgCommand::CreateTeam { name, parent, color })
    }

    /// Plans a team's agents. A lead that none of its tables names is an agent of its own, made before them.
    fn members(&mut self, n: usize, team: &TeamTable) -> Result<(), ManifestError> {
        if let Some(lead) = &team.lead {
            let known = team.agent.iter().flat_map(names_of).any(|name| name == *lead.get_ref());
            if !known {
                self.check_lead(&team.agent, lead, &format!("team[{n}].lead"))?;
                let table = AgentTable { name: Some(lead.clone()), ..AgentTable::default() };
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
            self.commands.push(OrgCommand::CreateAgent(NewAgent {
                name,
                team,
                role,
                launch: launch.clone(),
            }));
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
    fn launch(&mut self, table: &AgentTable, field: &str, place: Place) -> Result<Launch, ManifestError> {
        let own = Asked { command: table.command.as_ref(), blueprint: table.blueprint.as_ref() };
        let base = match (self.base(own, table, field)?, place) {
            (Some(own), _) => Some(own),
            (None, Place::In(team)) => self.team_base(team, table, field)?,
            (None, Place::Executive | Place::Nowhere) => None,
        };
        let Some(base) = base else {
            let span = table.name.as_ref().map_or(0..0, Spanned::span);
            let error = self.manifest.at(&span, field, "has neither a command nor a blueprint");
            return Err(error.hint("write, for example, command = [\"claude\"]"));
        };
        if base.launch.blueprint.is_none()
            && let Some((change, text)) = table.changes().next()
        {
            let problem = "changes a blueprint, and this agent is started by a command";
            return Err(self.manifest.at(&text.span(), format!("{field}.{change}"), problem));
        }
        for note in base.notes {
            let named = (base.launch.blueprint.clone().unwrap_or_default(), note);
            if !self.notes.contains(&named) {
                self.notes.push(named);
            }
        }
        let mut env = base.launch.env;
        env.extend(table.env.clone());
        Ok(Launch { cwd: table.cwd.clone().or(base.launch.cwd.clone()), env, ..base.launch })
    }

    /// Returns how an agent that does not say it itself is started in this team.
    fn team_base(
        &self,
        team: &TeamTable,
        table: &AgentTable,
        field: &str,
    ) -> Result<Option<Base>, ManifestError> {
        let shared = Asked { command: team.command.as_ref(), blueprint: team.blueprint.as_ref() };
        if let Some(shared) =
            self.base(shared, table, if shared.blueprint.is_some() { "team" } else { field })?
        {
            return Ok(Some(shared));
        }
        for other in team.agent.iter().chain(&self.file.executive) {
            let asked = Asked { command: other.command.as_ref(), blueprint: other.blueprint.as_ref() };
            if let Some(base) = self.base(asked, other, "agent")? {
                let mut command = base.launch.command;
                if base.launch.blueprint.is_some() {
                    // The program is lent, and not what another agent was told.
                    command.truncate(1);
                }
                return Ok(Some(Base::from(Launch { command, ..Launch::default() })));
            }
        }
        Ok(None)
    }

    fn base(&self, asked: Asked<'_>, table: &AgentTable, field: &str) -> Result<Option<Base>, ManifestError> {
        match (asked.command, asked.blueprint) {
            (Some(_), Some(blueprint)) => {
                let problem = "an agent has a command or a blueprint, not both";
                Err(self.manifest.at(&blueprint.span(), format!("{field}.blueprint"), problem))
            }
            (Some(command), None) => {
                let wrong = |problem| self.manifest.at(&command.span(), format!("{field}.command"), problem);
                let command = command.get_ref().words().map_err(wrong)?;
                Ok(Some(Base::from(Launch { command, ..Launch::default() })))
            }
            (None, Some(name)) => match self.file.blueprint.get(name.get_ref()) {
                Some(inline) => self.blueprint(name.get_ref(), inline).map(|launch| Some(Base::from(launch))),
                None => self.made_from(name, table, field).map(|made| Some(Base::from(made))),
            },
            (None, None) => Ok(None),
        }
    }

    fn made_from(
        &self,
        name: &Spanned<String>,
        table: &AgentTable,
        field: &str,
    ) -> Result<Conversion, ManifestError> {
        let text = |change: &'_ Option<Spanned<String>>| change.as_ref().map(|text| text.get_ref().clone());
        let (cli, model, suffix) = (text(&table.cli), text(&table.model), text(&table.prompt_suffix));
        let wish = Wish {
            blueprint: name.get_ref(),
            cli: cli.as_deref(),
            model: model.as_deref(),
            prompt_suffix: suffix.as_deref(),
        };
        self.library.launch(&wish).map_err(|error| {
            let at = |span: &Range<usize>, what: &str| {
                let shown = self.manifest.at(span, format!("{field}.{what}"), error.to_string());
                match error.hint() {
                    Some(hint) => shown.hint(hint),
                    None => shown,
                }
            };
            match &error {
                LibraryError::Wrong(wrong) => wrong.clone(),
                LibraryError::Unknown { name: word, known, .. } => {
                    let problem = error.to_string();
                    let shown = self.manifest.at(&name.span(), format!("{field}.blueprint"), problem);
                    let inline = self.file.blueprint.keys().map(String::as_str);
                    shown.did_you_mean(word, inline.chain(known.iter().map(String::as_str)))
                }
                LibraryError::Cli { .. } => match &table.cli {
                    Some(cli) => at(&cli.span(), "cli"),
                    None => at(&name.span(), "blueprint"),
                },
                LibraryError::Disabled { .. } | LibraryError::Convert(_) => at(&name.span(), "blueprint"),
            }
        })
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
