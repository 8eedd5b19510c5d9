//! From the words of the command line to orders: which command is run where, with what, within which limits.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::args::RunArgs;
use crate::adapter::{Adapter, Adapters};
use crate::blueprint::Wish;
use crate::cli::failure::Failure;
use crate::cli::here::{Here, adapters, library, working_folder};
use crate::cli::{blueprint, output, programs};
use crate::domain::nearest;
use crate::headless::Format;
use crate::run::{Order, unique};

/// The longest prompt that is an argument; Linux takes none of more than 128 KiB.
const LONGEST_ARGUMENT: usize = 100_000;
/// The longest prompt at all.
const LONGEST_PROMPT: u64 = 16 << 20;
/// What stands for the prompt.
const PROMPT: &str = "{prompt}";
/// How long a program has after an interrupt, if nothing else is said.
const GRACE: Duration = Duration::from_secs(30);

/// How a program is started, before its prompt is known.
struct Base {
    cli: Option<String>,
    blueprint: Option<String>,
    format: Format,
    program: PathBuf,
    /// What stands before the words that have it run without a screen.
    told: Told,
    /// The folder in which folders for its files are made.
    runs: PathBuf,
    /// The words that have it run without a screen, with `{prompt}`; and those for a prompt on standard input, if it can
    /// be given so.
    words: Vec<String>,
    stdin: Option<Vec<String>>,
    order: Order,
}

/// Returns an order for each prompt.
pub(super) fn orders(here: &Here, args: &RunArgs) -> Result<Vec<Order>, Failure> {
    let prompts = prompts(args)?;
    let base = base(here, args)?;
    let many = prompts.len() > 1;
    let numbered = prompts.into_iter().enumerate();
    let orders = numbered.map(|(n, prompt)| {
        let run = match (&args.name, many) {
            (Some(name), true) => format!("{name}-{}", n + 1),
            (Some(name), false) => name.clone(),
            (None, _) => format!("run-{}", n + 1),
        };
        base.order(run, prompt)
    });
    orders.collect()
}

impl Base {
    fn order(&self, run: String, prompt: String) -> Result<Order, Failure> {
        let asks = self.words.iter().any(|word| word.contains(PROMPT));
        // A prompt that begins with a dash would be taken for an option.
        let unfit = prompt.len() > LONGEST_ARGUMENT || prompt.starts_with('-') || prompt.contains('\0');
        let words = match &self.stdin {
            Some(words) if unfit || !asks => words,
            None if prompt.len() > LONGEST_ARGUMENT && asks => {
                let who = self.cli.as_deref().unwrap_or("this command");
                return Err(Failure::usage(format!(
                    "the prompt has {} bytes, and {who} takes at most {LONGEST_ARGUMENT}",
                    prompt.len()
                ))
                .hint("put the text into a file, and name the file in the prompt"));
            }
            _ => &self.words,
        };
        let stdin = !words.iter().any(|word| word.contains(PROMPT));
        let filled = words.iter().map(|word| word.replace(PROMPT, &prompt));
        let program = self.program.to_string_lossy().into_owned();
        let (told, files) = self.told.placed(&self.runs.join(unique()));
        let command = std::iter::once(program).chain(told.args).chain(filled).collect();
        // What the command line says is the last word.
        let env = told.env.into_iter().chain(self.order.env.clone()).collect();
        let (cli, blueprint) = (self.cli.clone(), self.blueprint.clone());
        let format = self.format.word().to_owned();
        Ok(Order { run, prompt, cli, blueprint, format, command, stdin, env, files, ..self.order.clone() })
    }
}

fn base(here: &Here, args: &RunArgs) -> Result<Base, Failure> {
    let folder = working_folder()?;
    let cwd = args.cwd.as_ref().map_or_else(|| folder.clone(), |cwd| folder.join(cwd));
    if !cwd.is_dir() {
        return Err(Failure::usage(format!("{} is no folder", cwd.display())));
    }
    let runs = here.paths.runs();
    let order = Order {
        run: String::new(),
        prompt: String::new(),
        cli: None,
        blueprint: None,
        model: args.model.clone(),
        format: String::new(),
        command: Vec::new(),
        stdin: false,
        cwd,
        env: args.env.iter().cloned().collect(),
        files: BTreeMap::new(),
        scrub: Vec::new(),
        timeout: args.timeout,
        budget: args.budget,
        grace: args.grace.unwrap_or(GRACE),
    };
    if let Some((program, words)) = args.command.split_first() {
        let format = args.format.unwrap_or(Format::Text);
        let program = find_program(program, &folder)?;
        let words = words.to_vec();
        let stdin = (!words.iter().any(|word| word.contains(PROMPT))).then(|| words.clone());
        return Ok(Base {
            cli: None,
            blueprint: None,
            format,
            program,
            told: Told::default(),
            runs,
            words,
            stdin,
            order,
        });
    }
    from_adapter(here, args, order, &folder)
}

/// What a blueprint, or the command line alone, makes of a program.
#[derive(Clone, Default)]
struct Told {
    args: Vec<String>,
    env: BTreeMap<String, String>,
    files: BTreeMap<String, String>,
}

fn from_adapter(here: &Here, args: &RunArgs, mut order: Order, folder: &Path) -> Result<Base, Failure> {
    let adapters = adapters(&here.paths)?;
    let (adapter, mut told) = match &args.blueprint {
        Some(name) => from_blueprint(here, &adapters, name, args, &mut order)?,
        None => {
            let adapter = choose(&adapters, args.cli.as_deref())?;
            (adapter, told_model(adapter, args.model.as_deref())?)
        }
    };
    let headless = adapter.headless();
    if headless.args.is_empty() {
        return Err(Failure::usage(format!("{} cannot be run without a screen", adapter.title()))
            .hint("agentctl run PROMPT -- COMMAND… runs a command of your own"));
    }
    let format = headless.stream.parse::<Format>();
    let format =
        format.map_err(|e| Failure::usage(format!("the adapter of {}", adapter.name())).because(&e))?;
    let program = adapter.programs().iter().find_map(|program| find_program(program, folder).ok());
    let program = program.ok_or_else(|| missing(adapter))?;
    if let (Some(budget), Some(flag)) = (order.budget, &adapter.flags().budget) {
        let dollars = format!("{}.{:06}", budget.0 / 1_000_000, budget.0 % 1_000_000);
        told.args.extend(flag.expand(&[&dollars]).args);
    }
    order.scrub = adapter.scrub().to_vec();
    let stdin = (!headless.stdin.is_empty()).then(|| headless.stdin.clone());
    let runs = here.paths.runs();
    let (cli, blueprint) = (Some(adapter.name().to_owned()), args.blueprint.clone());
    Ok(Base { cli, blueprint, format, program, told, runs, words: headless.args.clone(), stdin, order })
}

/// Returns what a blueprint comes to, and puts its limits and its folder into the order where nothing else is said.
fn from_blueprint<'a>(
    here: &Here,
    adapters: &'a Adapters,
    name: &str,
    args: &RunArgs,
    order: &mut Order,
) -> Result<(&'a Adapter, Told), Failure> {
    let root = blueprint::root()?;
    let library = library(&here.paths, Some(&root))?;
    let wish =
        Wish { blueprint: name, cli: args.cli.as_deref(), model: args.model.as_deref(), prompt_suffix: None };
    let made = library.launch(&wish).map_err(|e| blueprint::failure(&e))?;
    for note in made.notes.iter().filter(|_| !args.quiet) {
        output::complain(&format!("note: {name}: {}", note.note));
    }
    let launch = made.launch;
    if let (None, Some(cwd)) = (&args.cwd, &launch.cwd) {
        order.cwd = root.join(cwd);
    }
    order.timeout = order.timeout.or(launch.limits.time_secs.map(|secs| Duration::from_secs(secs.into())));
    order.budget = order.budget.or(launch.limits.budget);
    // It may stand for another model than it names.
    order.model = None;
    let told =
        Told { args: launch.command.into_iter().skip(1).collect(), env: launch.env, files: launch.files };
    Ok((choose(adapters, Some(&made.cli))?, told))
}

fn told_model(adapter: &Adapter, model: Option<&str>) -> Result<Told, Failure> {
    let Some(model) = model else { return Ok(Told::default()) };
    let Some(flag) = &adapter.flags().model else {
        return Err(Failure::usage(format!("{} cannot be told its model", adapter.title())));
    };
    let told = flag.expand(&[model]);
    Ok(Told { args: told.args, env: told.env, files: told.files })
}

impl Told {
    /// Returns it with the path of each of its files, in this folder, where `{file:NAME}` stands for it; and the files.
    fn placed(&self, folder: &Path) -> (Told, BTreeMap<PathBuf, String>) {
        let mut told = self.clone();
        let mut files = BTreeMap::new();
        for (name, text) in std::mem::take(&mut told.files) {
            let (path, stands) = (folder.join(&name), format!("{{file:{name}}}"));
            let shown = path.display().to_string();
            let words = told.args.iter_mut().chain(told.env.values_mut());
            words.for_each(|word| *word = word.replace(&stands, &shown));
            files.insert(path, text);
        }
        (told, files)
    }
}

/// Returns the adapter that was asked for, or the first whose program is there.
fn choose<'a>(adapters: &'a Adapters, cli: Option<&str>) -> Result<&'a Adapter, Failure> {
    let able = || adapters.iter().filter(|adapter| !adapter.headless().args.is_empty());
    let Some(cli) = cli else {
        let found =
            able().find(|adapter| adapter.programs().iter().any(|program| programs::find(program).is_some()));
        return found.map(AsRef::as_ref).ok_or_else(|| {
            let names: Vec<&str> = able().map(|adapter| adapter.name()).collect();
            Failure::new(format!("none of {} is installed", names.join(", ")))
                .hint("agentctl doctor says how to install one")
        });
    };
    let named = adapters
        .named(cli)
        .or_else(|| able().find(|adapter| adapter.programs().iter().any(|known| known == cli)));
    named.map(AsRef::as_ref).ok_or_else(|| {
        let failure = Failure::usage(format!("there is no CLI called `{cli}`"));
        match nearest(cli, able().map(|adapter| adapter.name())) {
            Some(near) => failure.hint(format!("did you mean `{near}`?")),
            None => failure.hint("agentctl run PROMPT -- COMMAND… runs a command of your own"),
        }
    })
}

fn missing(adapter: &Adapter) -> Failure {
    let failure = Failure::new(format!("{} is not installed", adapter.title()));
    match adapter.install() {
        "" => failure,
        install => failure.hint(install),
    }
}

fn find_program(program: &str, folder: &Path) -> Result<PathBuf, Failure> {
    let found = match program.contains('/') {
        true => Some(folder.join(program)).filter(|file| programs::is_program(file)),
        false => programs::find(program),
    };
    found.ok_or_else(|| Failure::new(format!("there is no program `{program}`")))
}

fn prompts(args: &RunArgs) -> Result<Vec<String>, Failure> {
    let mut prompts = Vec::new();
    for word in &args.prompts {
        prompts.push(if word == "-" {
            read(&mut std::io::stdin().lock(), "standard input")?
        } else {
            word.clone()
        });
    }
    for file in &args.file {
        let shown = file.display().to_string();
        let mut open = std::fs::File::open(file)
            .map_err(|e| Failure::new(format!("{shown} cannot be read")).because(&e))?;
        prompts.push(read(&mut open, &shown)?);
    }
    match prompts.iter().position(|prompt| prompt.trim().is_empty()) {
        Some(_) => Err(Failure::usage("the prompt is empty")),
        None if prompts.is_empty() => Err(Failure::usage("there is no prompt").hint(
            "agentctl run \"what to do\", agentctl run --file FILE, or agentctl run - for standard input",
        )),
        None => Ok(prompts),
    }
}

fn read(from: &mut dyn std::io::Read, shown: &str) -> Result<String, Failure> {
    let mut text = String::new();
    let read = from.take(LONGEST_PROMPT + 1).read_to_string(&mut text);
    match read {
        Err(e) => Err(Failure::new(format!("{shown} cannot be read")).because(&e)),
        Ok(_) if text.len() as u64 > LONGEST_PROMPT => {
            Err(Failure::usage(format!("{shown} holds more than 16 MiB")))
        }
        Ok(_) => Ok(text),
    }
}
