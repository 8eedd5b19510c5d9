//! Where a command is run: whose files, which daemon, which session.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde_json::Value;

use super::args::Global;
use super::failure::Failure;
use super::output;
use crate::adapter::Adapters;
use crate::blueprint::{self, FILE_NAME, Library, Plan};
use crate::client::{Client, ClientError};
use crate::config::Paths;
use crate::domain::{Name, clean, nearest};
use crate::protocol::SessionSummary;

/// Where a command is run.
#[derive(Debug)]
pub(super) struct Here {
    pub(super) paths: Paths,
    pub(super) client: Client,
    pub(super) global: Global,
}

impl Here {
    pub(super) fn new(paths: Paths, global: Global) -> Here {
        let client = Client::new(&paths.socket());
        Here { paths, client, global }
    }

    /// Returns whether answers are wanted as JSON.
    pub(super) fn json(&self) -> bool {
        self.global.json
    }

    /// Returns the daemon's client, once it is known that a daemon of this version answers.
    pub(super) async fn daemon(&self) -> Result<&Client, Failure> {
        ClientError::check(&self.client.version().await?)?;
        Ok(&self.client)
    }

    /// Returns the session that is meant: the one that is named, else that of the nearest folder that has one.
    pub(super) async fn session(&self) -> Result<Name, Failure> {
        let known: Vec<SessionSummary> = self.daemon().await?.get("/v1/sessions").await?;
        let folder = working_folder()?;
        let named = match (&self.global.session, find_file(&folder)) {
            (Some(name), _) => Some(name.clone()),
            (None, Some(file)) => Some(read_name(&file)?),
            (None, None) => None,
        };
        let found = match &named {
            Some(name) => known.iter().find(|s| s.name == name.as_str()),
            None => known
                .iter()
                .filter(|s| s.trouble.is_none() && folder.starts_with(&s.root))
                .max_by_key(|s| s.root.components().count()),
        };
        match (found.and_then(|s| Name::new(s.name.clone()).ok()), named) {
            (Some(name), _) => Ok(name),
            (None, Some(name)) => Err(unknown(&name, &known)),
            (None, None) => Err(Failure::not_found(format!("there is no session for {}", folder.display()))
                .hint(
                    "agentctl opens one here; --session NAME means another; agentctl session list shows them",
                )),
        }
    }

    /// Returns the path of a resource of the session that is meant.
    pub(super) async fn at(&self, resource: &str) -> Result<String, Failure> {
        Ok(format!("/v1/sessions/{}/{resource}", self.session().await?))
    }

    /// Has something done to a resource of the session that is meant, and tells of it in `text`.
    pub(super) async fn ask(
        &self,
        resource: &str,
        body: &impl serde::Serialize,
        text: &str,
    ) -> Result<(), Failure> {
        let done: Value = self.client.post(&self.at(resource).await?, body).await?;
        self.tell(&done, text)
    }

    /// Tells an answer: to programs as it is, to people in words.
    pub(super) fn tell(&self, answer: &impl serde::Serialize, text: &str) -> Result<(), Failure> {
        if self.json() { output::json(answer) } else { output::line(text) }
    }
}

fn unknown(name: &Name, known: &[SessionSummary]) -> Failure {
    let failure = Failure::not_found(format!("there is no session `{name}`"));
    match nearest(name.as_str(), known.iter().map(|s| s.name.as_str())) {
        Some(near) => failure.hint(format!("did you mean `{near}`?")),
        None => failure
            .hint("agentctl up starts the one of this folder; agentctl session list shows those there are"),
    }
}

/// Returns the folder in which the command is run.
pub(super) fn working_folder() -> Result<PathBuf, Failure> {
    std::env::current_dir().map_err(|e| Failure::new("this folder cannot be read").because(&e))
}

/// Looks for a session file here and in the folders above, as far as the one with the repository in it.
pub(super) fn find_file(folder: &Path) -> Option<PathBuf> {
    for folder in folder.ancestors() {
        let file = folder.join(FILE_NAME);
        if file.is_file() {
            return Some(file);
        }
        if folder.join(".git").exists() {
            return None;
        }
    }
    None
}

/// Reads a session file, and the blueprints that it may name.
pub(super) fn read_plan(paths: &Paths, file: &Path) -> Result<Plan, Failure> {
    let text = read_file(file)?;
    let library = library(paths, file.parent())?;
    blueprint::read(file, &text, &library)
        .map_err(|e| Failure::usage("the session file is wrong").because(&e))
}

/// Reads every blueprint there is for a session in this folder.
pub(super) fn library(paths: &Paths, root: Option<&Path>) -> Result<Library, Failure> {
    let path = std::env::var_os("PATH");
    let (library, wrongs) = crate::daemon::library(paths, root, path.as_deref())
        .map_err(|e| Failure::new("the blueprints cannot be read").because(&e))?;
    warn_of(&wrongs);
    Ok(library)
}

/// Reads every adapter there is, as the daemon would: one of a person's own that is wrong is left out.
pub(super) fn adapters(paths: &Paths) -> Result<Adapters, Failure> {
    let (adapters, wrongs) = crate::daemon::known_adapters(paths)
        .map_err(|e| Failure::new("the adapters cannot be read").because(&e))?;
    warn_of(&wrongs);
    Ok(adapters)
}

/// Says what of a person's own files is wrong and left out; once, however often it is come across.
pub(super) fn warn_of(wrongs: &[String]) {
    static TOLD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let Ok(mut told) = TOLD.lock() else { return };
    for wrong in wrongs {
        if told.insert(wrong.clone()) {
            output::complain(&format!("warning: left out: {}", clean(wrong, 1000)));
        }
    }
}

fn read_name(file: &Path) -> Result<Name, Failure> {
    blueprint::session_name(file, &read_file(file)?)
        .map_err(|e| Failure::usage("the session file is wrong").because(&e))
}

pub(super) fn read_file(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file)
        .map_err(|e| Failure::new(format!("{} cannot be read", file.display())).because(&e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_file_is_found_from_below_but_not_beyond_the_repository() {
        let home = tempfile::tempdir().unwrap();
        let inner = home.path().join("repo/src/deep");
        std::fs::create_dir_all(&inner).unwrap();
        std::fs::write(home.path().join(FILE_NAME), "").unwrap();
        assert_eq!(find_file(&inner), Some(home.path().join(FILE_NAME)));
        std::fs::create_dir(home.path().join("repo/.git")).unwrap();
        assert_eq!(find_file(&inner), None);
        std::fs::write(home.path().join("repo").join(FILE_NAME), "").unwrap();
        assert_eq!(find_file(&inner), Some(home.path().join("repo").join(FILE_NAME)));
    }
}
