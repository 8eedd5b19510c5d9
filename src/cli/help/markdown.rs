//! Reads the Markdown of a manual page into blocks: headings, paragraphs, list items, code and tables.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// How a piece of text stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Bold,
    Code,
}

/// A piece of text in one style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) text: String,
    pub(super) style: Style,
}

/// A part of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Block {
    Heading(Vec<Span>),
    Paragraph(Vec<Span>),
    Item(Vec<Span>),
    /// Lines that are shown as they are.
    Code(String),
    /// Rows of cells; the first row is the heading.
    Table(Vec<Vec<Vec<Span>>>),
}

/// Reads a page.
pub(super) fn read(text: &str) -> Vec<Block> {
    let mut reader = Reader::default();
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        reader.take(event);
    }
    reader.blocks
}

/// Returns the text of spans without their styles.
pub(super) fn plain(spans: &[Span]) -> String {
    spans.iter().map(|span| span.text.as_str()).collect()
}

#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    spans: Vec<Span>,
    rows: Vec<Vec<Vec<Span>>>,
    bold: bool,
    in_code: bool,
    in_item: bool,
    link: Option<String>,
}

impl Reader {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => self.in_code = true,
            Event::Start(Tag::Item) => self.in_item = true,
            Event::Start(Tag::Strong) => self.bold = true,
            Event::Start(Tag::Link { dest_url, .. }) => self.link = Some(dest_url.into_string()),
            Event::Start(Tag::TableHead | Tag::TableRow) => self.rows.push(Vec::new()),
            Event::End(end) => self.end(end),
            Event::Text(text) => self.push(&text, if self.bold { Style::Bold } else { Style::Plain }),
            Event::Code(text) => self.push(&text, Style::Code),
            Event::SoftBreak | Event::HardBreak => self.push(" ", Style::Plain),
            _ => {}
        }
    }

    fn end(&mut self, end: TagEnd) {
        match end {
            TagEnd::Strong => self.bold = false,
            TagEnd::Link => {
                let target = self.link.take().unwrap_or_default();
                let shown = match target.strip_suffix(".md").filter(|name| !name.contains('/')) {
                    Some(page) => format!(" (agentctl help {page})"),
                    None => format!(" ({target})"),
                };
                self.push(&shown, Style::Plain);
            }
            TagEnd::Heading(_) => self.finish(Block::Heading),
            TagEnd::Paragraph if !self.in_item => self.finish(Block::Paragraph),
            TagEnd::Item => {
                self.in_item = false;
                self.finish(Block::Item);
            }
            TagEnd::CodeBlock => {
                self.in_code = false;
                let code = plain(&std::mem::take(&mut self.spans));
                self.blocks.push(Block::Code(code));
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.spans);
                if let Some(row) = self.rows.last_mut() {
                    row.push(cell);
                }
            }
            TagEnd::Table => {
                let rows = std::mem::take(&mut self.rows);
                self.blocks.push(Block::Table(rows));
            }
            _ => {}
        }
    }

    fn push(&mut self, text: &str, style: Style) {
        self.spans.push(Span { text: text.to_owned(), style });
    }

    fn finish(&mut self, block: fn(Vec<Span>) -> Block) {
        let spans = std::mem::take(&mut self.spans);
        if !spans.is_empty() {
            self.blocks.push(block(spans));
        }
    }
}
