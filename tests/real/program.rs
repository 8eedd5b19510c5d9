//! The real agent programs: where they are, and how each is started so that it asks nothing and reaches nobody.
//!
//! A program gets a home of its own with the few files that answer its first questions, a made-up key and the address
//! of the model server. Nothing of a person's own home is read or written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::model::Model;

/// A made-up key; Claude Code wants to know the end of the ones it may use.
const KEY: &str = "sk-ant-lab-0123456789-abcdefghijklmnopqrstuvwxyz";

/// How often Gemini CLI tries a model that it does not know by name.
pub const GEMINI_TRIES: u8 = 2;

/// Whose program it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Maker {
    Claude,
    Codex,
    Gemini,
}

/// A program in an exact version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Program {
    pub maker: Maker,
    pub version: &'static str,
}

pub const CLAUDE: Program = Program { maker: Maker::Claude, version: "2.1.329" };
pub const OLD_CLAUDE: Program = Program { maker: Maker::Claude, version: "2.1.197" };
pub const CODEX: Program = Program { maker: Maker::Codex, version: "0.169.0" };
pub const GEMINI: Program = Program { maker: Maker::Gemini, version: "0.61.0" };

/// What its first questions find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seed {
    /// Every answer: it starts and is ready.
    Settled,
    /// It does not know its folder yet.
    Untrusted,
    /// It does not know its key yet.
    UnknownKey,
}

/// How one is started.
#[derive(Clone, Debug)]
pub struct Launch {
    pub command: Vec<String>,
    pub env: BTreeMap<String, String>,
}

/// The folder of all programs; `AGENTCTL_PEERS` names another.
pub fn peers() -> PathBuf {
    let named = std::env::var_os("AGENTCTL_PEERS").map(PathBuf::from);
    named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join(".peers"))
}

impl Program {
    pub fn word(self) -> &'static str {
        match self.maker {
            Maker::Claude => "claude",
            Maker::Codex => "codex",
            Maker::Gemini => "gemini",
        }
    }

    /// Returns its file, if it is installed.
    pub fn path(self) -> Option<PathBuf> {
        let modules = peers().join(format!("{}-{}", self.word(), self.version)).join("node_modules");
        match self.maker {
            Maker::Claude => {
                let packages = std::fs::read_dir(modules.join("@anthropic-ai")).ok()?;
                packages
                    .filter_map(|entry| Some(entry.ok()?.path().join("claude")))
                    .find(|path| path.is_file())
            }
            Maker::Codex => native_codex(&modules.join("@openai")),
            Maker::Gemini => Some(modules.join(".bin/gemini")).filter(|path| path.exists()),
        }
    }

    /// Says that it is not there, if it is not.
    pub fn is_here(self) -> bool {
        let here = self.path().is_some();
        if !here {
            println!(
                "skipped: {} {} is not installed; tests/real/install brings it",
                self.word(),
                self.version
            );
        }
        here
    }

    /// Prepares a home for one agent and returns how to start it there, in `work`.
    pub fn launch(self, model: &Model, agent: &str, home: &Path, work: &Path, seed: Seed) -> Launch {
        std::fs::create_dir_all(home).expect("a home");
        let file = self.path().expect("it is installed").to_string_lossy().into_owned();
        let url = model.url(agent);
        let mut launch = match self.maker {
            Maker::Claude => claude(&url, agent, home, work, seed),
            Maker::Codex => codex(&url, home, work, seed),
            Maker::Gemini => gemini(&url, agent, home, seed),
        };
        launch.command.insert(0, file);
        let env = &mut launch.env;
        env.insert("HOME".to_owned(), text(home));
        // Should anything want to go out after all, it finds nobody.
        for name in ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"] {
            env.insert(name.to_owned(), "http://127.0.0.1:9".to_owned());
        }
        for name in ["NO_PROXY", "no_proxy"] {
            env.insert(name.to_owned(), "127.0.0.1,localhost".to_owned());
        }
        launch
    }
}

fn native_codex(packages: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(packages).ok()?.filter_map(Result::ok);
    let vendors = entries.filter_map(|entry| std::fs::read_dir(entry.path().join("vendor")).ok());
    let platforms = vendors.flatten().filter_map(Result::ok);
    platforms.map(|platform| platform.path().join("bin/codex")).find(|path| path.is_file())
}

fn claude(url: &str, agent: &str, home: &Path, work: &Path, seed: Seed) -> Launch {
    let mut known = json!({"hasCompletedOnboarding": true, "hasSeenAutoDefaultNotice": true,
        "customApiKeyResponses": {"approved": [&KEY[KEY.len() - 20..]], "rejected": []},
        "projects": {text(work): {"hasTrustDialogAccepted": true}}});
    match seed {
        Seed::Settled => {}
        Seed::Untrusted => known["projects"] = json!({}),
        Seed::UnknownKey => known["customApiKeyResponses"] = json!({"approved": [], "rejected": []}),
    }
    write(&home.join(".claude.json"), &known.to_string());
    let tools = json!({"mcpServers": {"lab": {"type": "http", "url": format!("{url}/mcp")}}});
    let tools = write(&home.join("tools.json"), &tools.to_string());
    let args = [
        "--mcp-config",
        &tools,
        "--strict-mcp-config",
        "--model",
        "claude-sonnet-4-5",
        "--permission-mode",
        "default",
        "-n",
        agent,
        "--allowedTools",
        "Bash(sleep *)",
    ];
    let env = [
        ("ANTHROPIC_BASE_URL", url),
        ("ANTHROPIC_API_KEY", KEY),
        ("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1"),
        ("DISABLE_AUTOUPDATER", "1"),
        ("CLAUDE_CODE_MAX_RETRIES", "2"),
        ("ENABLE_TOOL_SEARCH", "false"),
    ];
    Launch { command: args.map(str::to_owned).to_vec(), env: owned(&env) }
}

fn codex(url: &str, home: &Path, work: &Path, seed: Seed) -> Launch {
    let folder = home.join(".codex");
    std::fs::create_dir_all(&folder).expect("a folder for its settings");
    let trust = match seed {
        Seed::Untrusted => String::new(),
        Seed::Settled | Seed::UnknownKey => {
            format!("[projects.{:?}]\ntrust_level = \"trusted\"\n", text(work))
        }
    };
    write(&folder.join("config.toml"), &format!("check_for_update_on_startup = false\n{trust}"));
    let provider = format!(
        "model_providers.lab={{name=\"lab\",base_url=\"{url}/v1\",wire_api=\"responses\",env_key=\"LAB_KEY\",\
         request_max_retries=2,stream_max_retries=1}}"
    );
    let tools = format!("mcp_servers.lab={{url=\"{url}/mcp\"}}");
    let args = [
        "--no-daemon",
        "-c",
        "model_provider=lab",
        "-c",
        &provider,
        "-c",
        &tools,
        "-c",
        "model=mock-model",
        "-a",
        "on-request",
        "-s",
        "workspace-write",
    ];
    let codex_home = text(&folder);
    Launch {
        command: args.map(str::to_owned).to_vec(),
        env: owned(&[("LAB_KEY", KEY), ("CODEX_HOME", &codex_home)]),
    }
}

fn gemini(url: &str, agent: &str, home: &Path, seed: Seed) -> Launch {
    let trusts = seed == Seed::Untrusted;
    let settings = json!({
        "security": {"auth": {"selectedType": "gemini-api-key"}, "folderTrust": {"enabled": trusts}},
        "general": {"enableAutoUpdate": false, "enableNotifications": true, "maxAttempts": GEMINI_TRIES},
        "privacy": {"usageStatisticsEnabled": false},
        "ui": {"dynamicWindowTitle": true, "showStatusInTitle": true},
        "mcpServers": {"lab": {"httpUrl": format!("{url}/mcp")}}});
    std::fs::create_dir_all(home.join(".gemini")).expect("a folder for its settings");
    write(&home.join(".gemini/settings.json"), &settings.to_string());
    let env = [("GEMINI_API_KEY", "lab-key"), ("GOOGLE_GEMINI_BASE_URL", url), ("CLI_TITLE", agent)];
    let args = ["-m", "gemini-2.5-flash"];
    Launch { command: args.map(str::to_owned).to_vec(), env: owned(&env) }
}

fn owned(env: &[(&str, &str)]) -> BTreeMap<String, String> {
    env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn write(path: &Path, content: &str) -> String {
    std::fs::write(path, content).expect("a file can be written");
    text(path)
}
