//! Screen rules: what a program's screen or title must show for a state to be believed. Data, not code.

use serde::Deserialize;

use super::expression::{Compile, Expression};
use crate::domain::{AgentState, WaitFor, clean};
use crate::manifest::{Manifest, ManifestError, Spanned};

/// The most characters of a line that are matched; a longer line is no dialog.
const LONGEST_LINE: usize = 400;

/// How many of the last lines are a footer: what a program's own frame ends in, and no text of its model does.
const FOOTER: usize = 3;

/// What a rule may look at.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The rows in view, from the top.
    pub rows: &'a [String],
    /// The row and column of the cursor.
    pub cursor: (usize, usize),
    /// The window's title, cleaned.
    pub title: &'a str,
}

/// A set of rules, in the order of their file.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    rules: Vec<Rule>,
}

/// A rule that matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Match {
    pub(super) rule: String,
    pub(super) state: AgentState,
    pub(super) confidence: u8,
    pub(super) on_title: bool,
    pub(super) line: String,
    pub(super) task: Option<String>,
}

#[derive(Clone, Debug)]
struct Rule {
    name: String,
    state: AgentState,
    region: Region,
    lines: usize,
    all: Vec<Expression>,
    any: Vec<Expression>,
    not: Vec<Expression>,
    footer: Vec<Expression>,
    block: Vec<Expression>,
    title: Vec<Expression>,
    from_last: Option<Expression>,
    confidence: u8,
    task: Option<usize>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Region {
    #[default]
    Bottom,
    Cursor,
    Title,
    Screen,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RulesFile {
    #[serde(default)]
    rule: Vec<RuleTable>,
}

/// `[[rule]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleTable {
    name: String,
    state: StateWord,
    #[serde(rename = "for")]
    waiting_for: Option<Spanned<ForWord>>,
    #[serde(default)]
    region: Region,
    #[serde(default = "default_lines")]
    lines: usize,
    #[serde(default)]
    all: Vec<Spanned<String>>,
    #[serde(default)]
    any: Vec<Spanned<String>>,
    #[serde(default)]
    not: Vec<Spanned<String>>,
    #[serde(default)]
    footer: Vec<Spanned<String>>,
    #[serde(default)]
    block: Vec<Spanned<String>>,
    #[serde(default)]
    title: Vec<Spanned<String>>,
    from_last: Option<Spanned<String>>,
    #[serde(default = "default_confidence")]
    confidence: Spanned<u8>,
    task: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StateWord {
    Idle,
    Thinking,
    Working,
    Waiting,
    Error,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ForWord {
    Approval,
    Answer,
    Login,
}

fn default_lines() -> usize {
    8
}

fn default_confidence() -> Spanned<u8> {
    Spanned::new(0..0, 70)
}

impl Rules {
    /// Reads a file of rules.
    ///
    /// # Errors
    /// Names the line and field that is wrong, a regular expression that cannot be read among them.
    pub fn parse(file: &str, text: &str) -> Result<Rules, ManifestError> {
        let manifest = Manifest { file, text };
        let tables: RulesFile = manifest.read()?;
        Rules::compile(tables.rule, &manifest, Compile::Now)
    }

    /// Compiles the rules of a file.
    pub(super) fn compile(
        tables: Vec<RuleTable>,
        manifest: &Manifest,
        compile: Compile,
    ) -> Result<Rules, ManifestError> {
        let rules = tables.into_iter().enumerate().map(|(n, table)| table.compile(manifest, n, compile));
        Ok(Rules { rules: rules.collect::<Result<_, _>>()? })
    }

    /// Returns whether one of the rules knows when the program is ready.
    pub(super) fn know_idle(&self) -> bool {
        self.rules.iter().any(|rule| rule.state == AgentState::Idle)
    }

    /// Returns the expressions that are none after all.
    #[cfg(test)]
    pub(super) fn broken(&self) -> Vec<&str> {
        let expressions = self.rules.iter().flat_map(|rule| {
            let Rule { all, any, not, footer, block, title, from_last, .. } = rule;
            [all, any, not, footer, block, title].into_iter().flatten().chain(from_last)
        });
        expressions.filter_map(Expression::broken).collect()
    }

    /// Returns the rules' names.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().map(|rule| rule.name.as_str())
    }

    /// Puts rules before these; one of the same name takes the place of the old one.
    pub(super) fn put_before(&mut self, mut rules: Rules) {
        self.rules.retain(|old| rules.names().all(|new| new != old.name));
        rules.rules.append(&mut self.rules);
        *self = rules;
    }

    /// Puts those of `rules` after these whose names these have not.
    pub(super) fn put_after(&mut self, rules: &Rules) {
        let new: Vec<Rule> =
            rules.rules.iter().filter(|rule| self.names().all(|old| old != rule.name)).cloned().collect();
        self.rules.extend(new);
    }

    /// Returns every rule that matches what is in view.
    pub(super) fn matches(&self, view: &View) -> Vec<Match> {
        let mut bottom: Option<Vec<&str>> = None;
        let mut joined: Option<String> = None;
        self.rules
            .iter()
            .filter(|rule| rule.title.iter().all(|regex| regex.is_match(view.title)))
            .filter(|rule| {
                rule.block.is_empty() || {
                    let text = joined.get_or_insert_with(|| joined_rows(view));
                    rule.block.iter().all(|regex| regex.is_match(text))
                }
            })
            .filter_map(|rule| match rule.region {
                Region::Title => rule.on_lines(&[view.title]),
                Region::Cursor => rule.on_lines(&[up_to_cursor(view)]),
                Region::Screen => {
                    rule.on_lines(&view.rows.iter().map(|row| row.trim_end()).collect::<Vec<_>>())
                }
                Region::Bottom => {
                    let filled = bottom.get_or_insert_with(|| {
                        view.rows.iter().map(|row| row.trim_end()).filter(|row| !row.is_empty()).collect()
                    });
                    rule.on_lines(&filled[filled.len().saturating_sub(rule.lines)..])
                }
            })
            .collect()
    }
}

/// The line that says something: the one that matched, or the first one behind it where that one is a mere frame.
fn telling<'a>(lines: &[&'a str], matched: &'a str) -> &'a str {
    let is_frame = |line: &str| !line.chars().any(|c| c.is_ascii_graphic() || c.is_alphanumeric());
    if !is_frame(matched) {
        return matched;
    }
    let says = |line: &&&str| line.chars().any(char::is_alphanumeric) && line.len() <= LONGEST_LINE;
    let from = lines.iter().position(|line| std::ptr::eq(*line, matched)).unwrap_or(lines.len());
    lines[from..].iter().find(says).copied().unwrap_or(matched)
}

/// The rows in view as one text, without what follows the last that is not empty.
fn joined_rows(view: &View) -> String {
    let rows: Vec<&str> = view.rows.iter().map(|row| row.trim_end()).collect();
    let end = rows.iter().rposition(|row| !row.is_empty()).map_or(0, |at| at + 1);
    rows[..end].join("\n")
}

/// The text of the cursor's row that stands before the cursor: what a program asks stands there.
fn up_to_cursor<'a>(view: &View<'a>) -> &'a str {
    let (row, column) = view.cursor;
    let text = view.rows.get(row).map_or("", String::as_str);
    let end = text.char_indices().nth(column).map_or(text.len(), |(at, _)| at);
    text[..end].trim_end()
}

impl Rule {
    fn on_lines(&self, lines: &[&str]) -> Option<Match> {
        let lines = match &self.from_last {
            Some(begins) => &lines[lines.iter().rposition(|line| begins.is_match(line))?..],
            None => lines,
        };
        let hit = |regex: &Expression| {
            let fits = |line: &str| line.chars().nth(LONGEST_LINE).is_none();
            lines.iter().find(|line| fits(line) && regex.is_match(line)).copied()
        };
        if self.not.iter().any(|regex| hit(regex).is_some()) {
            return None;
        }
        let footer = &lines[lines.len().saturating_sub(FOOTER)..];
        let stands_last = |regex: &Expression| footer.iter().any(|line| regex.is_match(line));
        if !self.footer.iter().all(stands_last) {
            return None;
        }
        let mut shown = None;
        for regex in &self.all {
            let line = hit(regex)?;
            shown = shown.or(Some(line));
        }
        if !self.any.is_empty() {
            let line = self.any.iter().find_map(hit)?;
            shown = shown.or(Some(line));
        }
        // What a person types into a box is no news.
        let line = match self.state {
            AgentState::Idle => "ready for input",
            _ => telling(lines, shown?),
        };
        shown?;
        let task = self.task.zip(self.all.first()).and_then(|(group, regex)| {
            let found = regex.group(line, group)?;
            Some(clean(found, 120)).filter(|task| !task.is_empty())
        });
        Some(Match {
            rule: self.name.clone(),
            state: self.state,
            confidence: self.confidence,
            on_title: self.region == Region::Title,
            line: clean(line, 80),
            task,
        })
    }
}

impl RuleTable {
    fn compile(self, manifest: &Manifest, n: usize, compile: Compile) -> Result<Rule, ManifestError> {
        let compiled = |patterns: &[Spanned<String>], field: &str| {
            patterns
                .iter()
                .map(|pattern| {
                    Expression::read(pattern.get_ref(), compile).map_err(|e| {
                        let why = e.to_string();
                        let last =
                            why.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
                        manifest.at(&pattern.span(), format!("rule[{n}].{field}"), last)
                    })
                })
                .collect::<Result<Vec<_>, _>>()
        };
        if *self.confidence.get_ref() > 100 {
            let problem = "is a percentage, 0 to 100";
            return Err(manifest.at(&self.confidence.span(), format!("rule[{n}].confidence"), problem));
        }
        let waiting_for = self.waiting_for.as_ref().map(|word| *word.get_ref());
        let state = match (self.state, waiting_for) {
            (StateWord::Idle, _) => AgentState::Idle,
            (StateWord::Thinking, _) => AgentState::Thinking,
            (StateWord::Working, _) => AgentState::Working,
            (StateWord::Error, _) => AgentState::Error,
            (StateWord::Waiting, Some(ForWord::Answer)) => AgentState::Waiting(WaitFor::Answer),
            (StateWord::Waiting, Some(ForWord::Login)) => AgentState::Waiting(WaitFor::Login),
            (StateWord::Waiting, Some(ForWord::Approval) | None) => AgentState::Waiting(WaitFor::Approval),
        };
        Ok(Rule {
            all: compiled(&self.all, "all")?,
            any: compiled(&self.any, "any")?,
            not: compiled(&self.not, "not")?,
            footer: compiled(&self.footer, "footer")?,
            block: compiled(&self.block, "block")?,
            title: compiled(&self.title, "title")?,
            from_last: compiled(self.from_last.as_slice(), "from_last")?.pop(),
            name: self.name,
            state,
            region: self.region,
            lines: self.lines,
            confidence: *self.confidence.get_ref(),
            task: self.task,
        })
    }
}
