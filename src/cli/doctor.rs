//! `agentctl doctor`: what is installed, what is wrong, and how to mend it.

use std::path::Path;

use serde::Serialize;

use super::check::beside;
use super::failure::Failure;
use super::here::{Here, find_file, read_plan, working_folder};
use super::{output, programs};
use crate::adapter::{Adapters, Rules};
use crate::blueprint::Words;
use crate::client::{ClientError, nobody_listens};
use crate::config::readable_files;
use crate::domain::clean;
use crate::layout::Layout;
use crate::manifest::Manifest;
use crate::protocol::{CostView, SessionSummary};
use crate::theme::Theme;

/// How a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Mark {
    Fine,
    Note,
    Wrong,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Finding {
    what: String,
    mark: Mark,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    mend: Option<String>,
}

impl Finding {
    fn new(what: &str, mark: Mark, found: impl Into<String>) -> Finding {
        Finding { what: what.to_owned(), mark, found: found.into(), mend: None }
    }

    fn mend(mut self, mend: impl Into<String>) -> Finding {
        self.mend = Some(mend.into());
        self
    }
}

pub(super) async fn doctor(here: &Here) -> Result<(), Failure> {
    let mut findings =
        vec![Finding::new("program", Mark::Fine, format!("agentctl {}", env!("CARGO_PKG_VERSION")))];
    findings.extend(daemon(here).await);
    findings.push(terminal());
    findings.push(locale());
    findings.extend(limits());
    findings.extend(folders(here));
    findings.extend(files(here));
    findings.extend(damaged(&here.paths.sessions()));
    findings.push(session_file(&here.paths));
    findings.extend(agents(here).await);
    if here.json() {
        output::json(&findings)?;
    } else {
        show(&findings)?;
    }
    match findings.iter().filter(|f| f.mark == Mark::Wrong).count() {
        0 => Ok(()),
        n => Err(Failure::new(format!("{n} {} wrong", if n == 1 { "thing is" } else { "things are" }))),
    }
}

fn show(findings: &[Finding]) -> Result<(), Failure> {
    for finding in findings {
        let mark = match finding.mark {
            Mark::Fine => '✔',
            Mark::Note => '·',
            Mark::Wrong => '✖',
        };
        output::line(&format!("{mark} {:<14} {}", finding.what, finding.found))?;
        if let Some(mend) = &finding.mend {
            output::line(&format!("{:17}→ {mend}", ""))?;
        }
    }
    Ok(())
}

async fn daemon(here: &Here) -> Vec<Finding> {
    let version = match here.client.version().await {
        Ok(version) => version,
        Err(ClientError::NoDaemon { source, .. }) if nobody_listens(&source) => {
            return vec![Finding::new(
                "daemon",
                Mark::Note,
                "none runs; the first command that needs one starts it",
            )];
        }
        Err(error) => {
            let mend = format!("its log is {}", here.paths.log().display());
            return vec![Finding::new("daemon", Mark::Wrong, error.to_string()).mend(mend)];
        }
    };
    let runs =
        Finding::new("daemon", Mark::Fine, format!("agentctl {}, process {}", version.program, version.pid));
    if let Err(error) = ClientError::check(&version) {
        let mend = "agentctl stop && agentctl start; the agents go on meanwhile";
        return vec![Finding::new("daemon", Mark::Wrong, error.to_string()).mend(mend)];
    }
    let sessions: Result<Vec<SessionSummary>, ClientError> = here.client.get("/v1/sessions").await;
    let mut hints = Vec::new();
    let found = match sessions {
        Ok(sessions) => {
            hints = missing(here, &sessions).await;
            let unopened = sessions.iter().filter_map(|s| Some((&s.name, s.trouble.as_ref()?)));
            hints.extend(unopened.map(|(name, why)| {
                Finding::new("session", Mark::Wrong, format!("{name}: {}", clean(why, 400)))
                    .mend("its files are left as they are; the next start of the daemon tries again")
            }));
            let running: usize = sessions.iter().map(|s| s.running).sum();
            Finding::new("sessions", Mark::Fine, format!("{} with {running} running agents", sessions.len()))
        }
        Err(error) => Finding::new("sessions", Mark::Wrong, error.to_string()),
    };
    let mut findings = vec![runs, found];
    findings.extend(hints);
    findings
}

/// What is missing for the money of what was used to be known, and what the daemon has left out.
async fn missing(here: &Here, sessions: &[SessionSummary]) -> Vec<Finding> {
    let mut hints = Vec::new();
    for session in sessions {
        let path = format!("/v1/sessions/{}/cost?by=session", session.name);
        let cost: Result<CostView, ClientError> = here.client.get(&path).await;
        for hint in cost.map(|cost| cost.hints).unwrap_or_default() {
            if !hints.contains(&hint) {
                hints.push(hint);
            }
        }
    }
    hints.into_iter().map(|hint| Finding::new("daemon", Mark::Note, clean(&hint, 400))).collect()
}

fn terminal() -> Finding {
    let var = |name: &str| std::env::var(name).unwrap_or_default();
    let (term, color) = (var("TERM"), var("COLORTERM"));
    match (term.as_str(), color.as_str()) {
        ("" | "dumb", _) => {
            Finding::new("terminal", Mark::Note, "none that can show the chart (TERM is not set)")
        }
        (term, "truecolor" | "24bit") => {
            Finding::new("terminal", Mark::Fine, format!("{term}, 16 million colours"))
        }
        (term, _) => Finding::new("terminal", Mark::Note, format!("{term}, 256 colours or fewer"))
            .mend("a terminal that sets COLORTERM=truecolor shows the themes as they are meant"),
    }
}

fn locale() -> Finding {
    let set = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    match set {
        Some(name) if name.to_lowercase().replace('-', "").contains("utf8") => {
            Finding::new("locale", Mark::Fine, name)
        }
        other => Finding::new("locale", Mark::Note, other.unwrap_or_else(|| "none is set".to_owned()))
            .mend("export LANG=C.UTF-8, so that agents print more than ASCII"),
    }
}

/// Each agent takes one terminal and a few open files of the daemon's and the holder's.
fn limits() -> Vec<Finding> {
    const ENOUGH: u64 = 1024;
    let files = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    let found = files.map_or_else(|| "unlimited".to_owned(), |n| n.to_string());
    let finding = Finding::new("open files", Mark::Fine, found);
    vec![match files {
        Some(n) if n < ENOUGH => {
            Finding { mark: Mark::Note, ..finding }.mend("ulimit -n 4096, for more than some 200 agents")
        }
        _ => finding,
    }]
}

fn folders(here: &Here) -> Vec<Finding> {
    let named =
        [("settings", &here.paths.config), ("kept", &here.paths.data), ("sockets", &here.paths.runtime)];
    named.into_iter().map(|(what, folder)| writable(what, folder)).collect()
}

fn writable(what: &str, folder: &Path) -> Finding {
    let shown = folder.display().to_string();
    let there = folder.ancestors().find(|f| f.exists()).unwrap_or(Path::new("/"));
    let access = rustix::fs::access(there, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK);
    match (access, there == folder) {
        (Ok(()), true) => Finding::new(what, Mark::Fine, shown),
        (Ok(()), false) => Finding::new(what, Mark::Fine, format!("{shown} (not there yet)")),
        (Err(error), _) => {
            Finding::new(what, Mark::Wrong, format!("{} cannot be written: {error}", there.display()))
                .mend("set AGENTCTL_HOME to a folder of yours")
        }
    }
}

/// Records of sessions that could not be read and were kept aside.
fn damaged(sessions: &Path) -> Vec<Finding> {
    let entries = |folder: &Path| std::fs::read_dir(folder).into_iter().flatten().flatten();
    let is_damaged = |path: &Path| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        name.contains(".damaged-") && !name.ends_with("-wal") && !name.ends_with("-shm")
    };
    let kept = entries(sessions).flat_map(|session| entries(&session.path())).map(|file| file.path());
    let kept = kept.filter(|path| is_damaged(path));
    kept.map(|path| {
        Finding::new("damaged", Mark::Note, path.display().to_string())
            .mend("what could be read of it is in the session; remove it when nothing is missing there")
    })
    .collect()
}

/// A person's own files: settings, themes, layouts and rules.
fn files(here: &Here) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut note = |what: &str, result: Result<usize, String>| {
        findings.push(match result {
            Ok(0) => Finding::new(what, Mark::Note, "none of your own"),
            Ok(n) => Finding::new(what, Mark::Fine, format!("{n} of your own")),
            Err(error) => {
                Finding::new(what, Mark::Wrong, error).mend("agentctl check FILE says whether it is mended")
            }
        });
    };
    let settings = here.paths.settings();
    note(
        "config",
        super::check::settings(&settings).map(|()| usize::from(settings.exists())).map_err(|e| e.to_string()),
    );
    let models = here.paths.models();
    if models.exists() {
        let shown = models.display().to_string();
        let text = std::fs::read_to_string(&models).map_err(|e| format!("{shown} cannot be read: {e}"));
        let read = text.and_then(|text| Words::read(Some((&shown, &text))).map_err(|e| e.to_string()));
        note("models", read.map(|_| 1));
    }
    note(
        "themes",
        each(&here.paths.themes(), |file, text| Theme::parse(file, text, &beside(Path::new(file))).map(drop)),
    );
    note(
        "layouts",
        each(&here.paths.layouts(), |file, text| {
            Layout::parse(file, text, &beside(Path::new(file))).map(drop)
        }),
    );
    note(
        "adapters",
        each(&here.paths.adapters(), |file, text| Adapters::check(&Manifest { file, text }).map(drop)),
    );
    note("rules", each(&here.paths.rules(), |file, text| Rules::parse(file, text).map(drop)));
    findings
}

fn each<E: std::fmt::Display>(
    folder: &Path,
    parse: impl Fn(&str, &str) -> Result<(), E>,
) -> Result<usize, String> {
    let (own, unreadable) = readable_files(folder);
    let wrong = own
        .iter()
        .filter_map(|file| parse(&file.path.display().to_string(), &file.text).err())
        .map(|error| error.to_string());
    let wrongs: Vec<String> = unreadable.iter().map(ToString::to_string).chain(wrong).collect();
    if wrongs.is_empty() { Ok(own.len()) } else { Err(wrongs.join("; ")) }
}

fn session_file(paths: &crate::config::Paths) -> Finding {
    let file = working_folder().ok().and_then(|folder| find_file(&folder));
    match file.map(|file| (file.display().to_string(), read_plan(paths, &file))) {
        None => Finding::new("session file", Mark::Note, "none here; agentctl writes one"),
        Some((shown, Ok(plan))) => {
            Finding::new("session file", Mark::Fine, format!("{shown} (session {})", plan.name))
        }
        Some((shown, Err(_))) => Finding::new("session file", Mark::Wrong, format!("{shown} is wrong"))
            .mend(format!("agentctl check {shown}")),
    }
}

async fn agents(here: &Here) -> Vec<Finding> {
    // A file of one's own that is wrong is a finding of its own.
    let adapters = crate::daemon::known_adapters(&here.paths).ok().map(|(known, _)| known);
    let mut found = Vec::new();
    for adapter in adapters.iter().flat_map(Adapters::iter) {
        let there = adapter.programs().iter().find_map(|program| Some((program, programs::find(program)?)));
        let Some((program, path)) = there else { continue };
        let version = programs::version(&path, adapter.version()).await;
        let (mark, words) = match version {
            Some(version) if adapter.version().is_verified(&version) => {
                (Mark::Fine, format!("{version}, verified"))
            }
            Some(version) => (Mark::Note, format!("{version}, unverified")),
            None => (Mark::Note, "of an unknown version".to_owned()),
        };
        found.push(Finding::new(
            program,
            mark,
            format!("{} {words}, at {}", adapter.title(), path.display()),
        ));
    }
    if !found.is_empty() {
        return found;
    }
    let installs =
        programs::KNOWN.iter().filter(|known| !known.install.is_empty()).map(|known| known.install);
    let mend = installs.take(3).collect::<Vec<_>>().join(", or ");
    vec![
        Finding::new("agents", Mark::Note, "no agent program is on the PATH; agentctl demo needs none")
            .mend(mend),
    ]
}
