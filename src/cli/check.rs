//! `agentctl check FILE`: says what is wrong with a file before it is used.

use std::ffi::OsString;
use std::path::Path;

use super::args::FileKind;
use super::failure::Failure;
use super::here::library;
use super::{output, programs};
use crate::adapter::{Adapters, Rules};
use crate::blueprint::{self, Plan, Words};
use crate::config::{Config, ConfigError, Paths, SECTIONS};
use crate::domain::NewAgent;
use crate::layout::Layout;
use crate::manifest::ManifestError;
use crate::protocol::OrgCommand;
use crate::theme::Theme;

pub(super) fn check(paths: &Paths, file: &Path, kind: Option<FileKind>) -> Result<(), Failure> {
    let shown = file.display().to_string();
    let text = std::fs::read_to_string(file)
        .map_err(|e| Failure::new(format!("{shown} cannot be read")).because(&e))?;
    let kind = kind.or_else(|| guess(file)).ok_or_else(|| {
        Failure::usage(format!("it is not plain what kind of file {shown} is"))
            .hint("say it: --kind session, blueprint, config, models, theme, layout, adapter or rules")
    })?;
    let checked: Result<(), ManifestError> = match kind {
        FileKind::Blueprint => return super::blueprint::check_file(paths, file),
        FileKind::Config => match settings(file) {
            Ok(()) => Ok(()),
            Err(ConfigError::Wrong(error)) => Err(error),
            Err(error) => return Err(Failure::new("the file cannot be read").because(&error)),
        },
        FileKind::Models => Words::read(Some((&shown, &text))).map(drop),
        FileKind::Session => blueprint::read(file, &text, &library(paths, file.parent())?).map(|plan| {
            for (blueprint, note) in &plan.notes {
                output::complain(&format!("note: {shown}: {blueprint}: {}", note.note));
            }
            doubts(file, &plan)
                .iter()
                .for_each(|doubt| output::complain(&format!("warning: {shown}: {doubt}")));
        }),
        FileKind::Theme => Theme::parse(&shown, &text, &beside(file)).map(drop),
        FileKind::Layout => Layout::parse(&shown, &text, &beside(file)).map(drop),
        FileKind::Adapter => {
            Adapters::check(&crate::manifest::Manifest { file: &shown, text: &text }).map(drop)
        }
        FileKind::Rules => Rules::parse(&shown, &text).map(drop),
    };
    checked.map_err(|e| Failure::usage("the file is wrong").because(&e))?;
    output::line(&format!("{shown} is fine"))
}

/// Checks a person's settings, every section by the room that owns it.
pub(super) fn settings(file: &Path) -> Result<(), ConfigError> {
    let config = Config::load(file, SECTIONS)?;
    crate::tui::check(&config)?;
    crate::daemon::check_settings(&config)
}

/// What is right as it is written, and yet would not start here and now.
fn doubts(file: &Path, plan: &Plan) -> Vec<String> {
    let root = file.parent().map(Path::to_owned).unwrap_or_default();
    let mut doubts = Vec::new();
    let mut doubt = |text: String| {
        // Agents of one table have it in common.
        if !doubts.contains(&text) {
            doubts.push(text);
        }
    };
    for command in &plan.commands {
        let OrgCommand::CreateAgent(NewAgent { launch, .. }) = command else { continue };
        let folder = launch.cwd.as_ref().map_or_else(|| root.clone(), |cwd| root.join(cwd));
        if let Some(cwd) = launch.cwd.as_ref().filter(|_| !folder.is_dir()) {
            doubt(format!("the folder `{}` does not exist", cwd.display()));
        }
        let Some(program) = launch.command.first() else { continue };
        if program.contains('/') {
            if !programs::is_program(&folder.join(program)) {
                doubt(format!("`{program}` is not a program that is there"));
            }
        } else {
            let path = launch.env.get("PATH").map(OsString::from).or_else(|| std::env::var_os("PATH"));
            if programs::find_in(&path.unwrap_or_default(), program).is_none() {
                doubt(format!("`{program}` is not found in PATH"));
            }
        }
    }
    doubts
}

/// Finds the file that another one of its folder extends.
pub(super) fn beside(file: &Path) -> impl Fn(&str) -> Option<String> {
    let folder = file.parent().map(Path::to_owned).unwrap_or_default();
    move |name| std::fs::read_to_string(folder.join(format!("{name}.toml"))).ok()
}

fn guess(file: &Path) -> Option<FileKind> {
    if file.file_name().is_some_and(|name| name == blueprint::FILE_NAME) {
        return Some(FileKind::Session);
    }
    match file.file_name()?.to_str()? {
        "config.toml" => return Some(FileKind::Config),
        "models.toml" => return Some(FileKind::Models),
        _ => {}
    }
    match file.parent()?.file_name()?.to_str()? {
        "blueprints" => Some(FileKind::Blueprint),
        "themes" => Some(FileKind::Theme),
        "layouts" => Some(FileKind::Layout),
        "rules" => Some(FileKind::Rules),
        "adapters" => Some(FileKind::Adapter),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_and_a_folder_that_are_not_there_are_doubted_once_each() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("agentctl.toml");
        let text = "[executive]\nname='c'\ncommand=['sh']\n[[agent]]\nname='a'\ncount=2\ncommand=['nosuchcmd']\n\
                    cwd='nowhere'\n[[agent]]\nname='b'\ncommand=['./b.sh']\n";
        let plan = blueprint::read(&file, text, &blueprint::Library::builtin().unwrap()).unwrap();
        assert_eq!(
            doubts(&file, &plan),
            [
                "the folder `nowhere` does not exist",
                "`nosuchcmd` is not found in PATH",
                "`./b.sh` is not a program that is there",
            ]
        );
    }
}
