//! Holds the manual and the README to the program: every command, key, file, resource and link that they name exists.

use std::collections::BTreeSet;
use std::path::Path;

use clap::Parser as _;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::*;
use crate::cli::check::check;
use crate::config::Paths;
use crate::domain::AgentState;

const README: &str = include_str!("../../../README.md");

/// Every text with its name, the README last.
fn texts() -> impl Iterator<Item = (&'static str, &'static str)> {
    PAGES.iter().map(|page| (page.name, page.text)).chain([("README", README)])
}

#[derive(Default)]
struct Found {
    /// Blocks of code with their language.
    blocks: Vec<(String, String)>,
    /// Pieces of code in the text.
    codes: Vec<String>,
    links: Vec<String>,
    headings: Vec<String>,
}

fn found(text: &str) -> Found {
    let mut found = Found::default();
    let (mut block, mut heading) = (false, false);
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                block = true;
                found.blocks.push((language.into_string(), String::new()));
            }
            Event::End(TagEnd::CodeBlock) => block = false,
            Event::Start(Tag::Heading { .. }) => {
                heading = true;
                found.headings.push(String::new());
            }
            Event::End(TagEnd::Heading(_)) => heading = false,
            Event::Text(text) if block => found.blocks.last_mut().unwrap().1.push_str(&text),
            Event::Text(text) if heading => found.headings.last_mut().unwrap().push_str(&text),
            Event::Code(code) => found.codes.push(code.into_string()),
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                found.links.push(dest_url.into_string());
            }
            _ => {}
        }
    }
    found
}

/// What a shell would make of a line, its comment left out.
fn words(line: &str) -> Vec<String> {
    let code = line.find(" #").map_or(line, |at| {
        if line[..at].matches('"').count().is_multiple_of(2) { &line[..at] } else { line }
    });
    shell_words::split(code).unwrap_or_else(|e| panic!("{line}: {e}"))
}

/// What is wrong with a command.
fn misunderstood(name: &str, line: &str) -> Option<String> {
    let error = Cli::try_parse_from(words(line)).err()?;
    let help = [clap::error::ErrorKind::DisplayHelp, clap::error::ErrorKind::DisplayVersion];
    (!help.contains(&error.kind())).then(|| format!("{name}: `{line}` is not understood: {error}"))
}

#[test]
fn every_file_of_the_manual_is_a_page_and_has_a_title_and_a_summary() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/manual");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().trim_end_matches(".md").to_owned())
        .collect();
    let pages: BTreeSet<String> = PAGES.iter().map(|page| page.name.to_owned()).collect();
    assert_eq!(files, pages, "every file of src/manual has a word in `pages!` of src/cli/help/page.rs");
    for page in PAGES {
        assert!(page.text.starts_with("# "), "{}", page.name);
        let summary = page.summary();
        assert!((10..=120).contains(&summary.len()), "{}: {summary}", page.name);
    }
}

#[test]
fn every_command_in_the_manual_and_the_readme_is_understood() {
    let (mut seen, mut wrong) = (0, Vec::new());
    for (name, text) in texts() {
        let found = found(text);
        let shell = found.blocks.iter().filter(|(language, _)| language == "sh");
        let lines = shell.flat_map(|(_, block)| block.lines()).map(str::to_owned);
        let inline = found.codes.iter().filter(|code| !code.contains('…')).cloned();
        for line in lines.chain(inline).filter(|l| *l == "agentctl" || l.starts_with("agentctl ")) {
            wrong.extend(misunderstood(name, &line));
            seen += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 80, "only {seen} commands were found");
}

#[test]
fn every_file_in_the_manual_and_the_readme_is_right() {
    let home = tempfile::tempdir().unwrap();
    let paths = Paths::under(home.path());
    let (mut seen, mut wrong) = (BTreeSet::new(), Vec::new());
    for (name, text) in texts() {
        for (_, block) in found(text).blocks.iter().filter(|(language, _)| language == "toml") {
            let first = block.lines().next().unwrap_or_default();
            let file =
                first.strip_prefix("# ").unwrap_or_else(|| panic!("{name}: no file is named first: {first}"));
            let path = home.path().join(file.trim());
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, block).unwrap();
            if let Err(failure) = check(&paths, &path, None) {
                wrong.push(format!("{name}: {failure}"));
            }
            seen.insert(file.split('/').next().unwrap_or_default().to_owned());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let kinds = ["adapters", "agentctl.toml", "blueprints", "config.toml", "layouts", "themes"];
    assert!(kinds.iter().all(|kind| seen.contains(*kind)), "{seen:?}");
}

#[test]
fn every_field_of_themes_and_layouts_is_in_the_manual() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (file, page) in [("themes/mono.toml", "themes"), ("layouts/org-chart.toml", "layouts")] {
        let text = std::fs::read_to_string(root.join(file)).unwrap();
        let page = Page::named(page).unwrap();
        let fields = text.lines().filter(|l| !l.starts_with('#')).filter_map(|line| line.split_once(" ="));
        for (field, _) in fields.filter(|(field, _)| !["name", "description"].contains(field)) {
            assert!(page.text.contains(&format!("\n{field} =")), "{}: `{field}` is missing", page.name);
        }
    }
}

#[test]
fn every_key_in_the_manual_and_the_readme_is_in_the_table_of_keys() {
    let table = Page::named("keys").unwrap().text;
    for (name, text) in texts() {
        for code in found(text).codes.iter().filter(|code| code.starts_with("ctrl-a ")) {
            let cell = format!("`{}`", code.replace('|', "\\|"));
            let known = table.lines().any(|line| line.starts_with("| ") && line.contains(&cell));
            assert!(known, "{name}: {code} is not in the table of keys");
        }
    }
}

#[test]
fn every_state_and_every_resource_in_the_manual_exists() {
    let states = found(Page::named("states").unwrap().text).codes;
    assert!(AgentState::WORDS.iter().all(|word| states.iter().any(|code| code == word)), "{states:?}");

    let api: serde_json::Value = serde_json::from_str(&crate::http::openapi()).unwrap();
    let mut seen = 0;
    for (name, text) in texts() {
        for code in found(text).codes {
            let Some((method, path)) = code.split_once(" /v1/") else { continue };
            let pointer =
                format!("/paths/{}/{}", format!("/v1/{path}").replace('/', "~1"), method.to_lowercase());
            assert!(api.pointer(&pointer).is_some(), "{name}: there is no {code}");
            seen += 1;
        }
    }
    assert!(seen >= 15, "only {seen} resources were found");
}

/// The anchor of a heading, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let kept = heading
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
        .collect::<String>();
    kept.replace(' ', "-")
}

#[test]
fn every_link_in_the_manual_and_the_readme_leads_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (name, text) in texts() {
        let folder = if name == "README" { root.to_owned() } else { root.join("src/manual") };
        for link in found(text).links.iter().filter(|link| !link.starts_with("https://")) {
            let (file, part) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() {
                text.to_owned()
            } else {
                let path = folder.join(file);
                assert!(path.exists(), "{name}: {link} leads nowhere");
                if path.is_file() { std::fs::read_to_string(path).unwrap() } else { String::new() }
            };
            let known = part.is_empty() || found(&target).headings.iter().any(|h| anchor(h) == part);
            assert!(known, "{name}: {link} leads to no heading");
        }
    }
    let links = found(README).links;
    for page in PAGES {
        let link = format!("src/manual/{}.md", page.name);
        assert!(links.contains(&link), "README.md does not link to {link}");
    }
}

#[test]
fn the_readme_is_short_enough_to_be_read() {
    assert!(README.lines().count() <= 200, "README.md has {} lines", README.lines().count());
}

#[test]
fn a_page_is_laid_out_as_text() {
    let page = "# Title\n\nSome `code` and **bold** words that are\nlong, and a [link](keys.md).\n\n\
        ```sh\nagentctl status   # a comment\n```\n\n- one\n- two words\n\n| A | B |\n|---|---|\n| `x` | what it does there |\n";
    let blocks = markdown::read(page);
    assert_eq!(
        text::laid_out(&blocks, 34, false),
        "Title\n\nSome code and bold words that are\nlong, and a link (agentctl help\nkeys).\n\n\
         \u{20}   agentctl status   # a comment\n\n- one\n- two words\n\n\
         A  B\n─  ──────────────────\nx  what it does there\n"
    );
    let narrow = text::laid_out(&blocks, 20, false);
    assert!(narrow.lines().all(|line| line.starts_with("    ") || line.chars().count() <= 20), "{narrow}");
    assert!(
        text::laid_out(&blocks, 60, true)
            .contains("Some \u{1b}[36mcode\u{1b}[0m and \u{1b}[1mbold\u{1b}[0m words")
    );
}

#[test]
fn a_page_becomes_a_manual_page() {
    for page in PAGES {
        let roff = page.roff();
        assert!(roff.contains(".SH NAME\n") && roff.contains("SEE ALSO"), "{}", page.name);
        // A line that begins with a point or an apostrophe would be a request of its own.
        let known = [".TH", ".SH", ".PP", ".IP", ".nf", ".fi", ".RS", ".RE", ".ie", ".el", ".if"];
        let strange = roff.lines().find(|l| l.starts_with('.') && !known.iter().any(|k| l.starts_with(k)));
        assert_eq!(strange, None, "{}", page.name);
    }
}

#[test]
fn an_unknown_topic_gives_the_nearest_word() {
    let failure = |words: &[&str]| {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        help(&words, false).unwrap_err()
    };
    assert!(format!("{:?}", failure(&["setings"])).contains("did you mean `settings`?"));
    assert!(format!("{:?}", failure(&["blueprnt"])).contains("did you mean `blueprint"));
    assert!(format!("{:?}", failure(&["agent", "creat"])).contains("did you mean `create`?"));
    assert!(format!("{:?}", page("key").unwrap_err()).contains("did you mean `keys`?"));
}
