//! The pages of the manual. A page is a file of `src/manual`: a title, and a first paragraph of one sentence that is its
//! summary.

use clap_mangen::roff::{Roff, bold, roman};

use super::markdown::{self, Block, Span, Style};
use super::text;

/// A page of the manual.
#[derive(Debug)]
pub(in crate::cli) struct Page {
    /// The word by which it is asked for.
    pub(in crate::cli) name: &'static str,
    /// Its text, as Markdown.
    pub(in crate::cli) text: &'static str,
}

macro_rules! pages {
    ($($name:literal)*) => {
        /// Every page, in the order of reading.
        pub(in crate::cli) const PAGES: &[Page] =
            &[$(Page { name: $name, text: include_str!(concat!("../../manual/", $name, ".md")) },)*];
    };
}

pages! {
    "session-file" "agents" "keys" "states" "adapters" "blueprints" "prices" "settings" "themes" "layouts" "files" "api"
    "websocket" "measurements" "limits"
}

impl Page {
    /// Returns the page of this name.
    pub(in crate::cli) fn named(name: &str) -> Option<&'static Page> {
        PAGES.iter().find(|page| page.name == name)
    }

    /// Returns what the page is about, in one sentence without its period.
    pub(in crate::cli) fn summary(&self) -> String {
        let blocks = markdown::read(self.text);
        let first = blocks.iter().find_map(|block| match block {
            Block::Paragraph(spans) => Some(markdown::plain(spans)),
            _ => None,
        });
        first.unwrap_or_default().trim_end_matches('.').to_owned()
    }

    /// Returns the page as a manual page of section 7.
    pub(in crate::cli) fn roff(&self) -> String {
        let title = format!("AGENTCTL-{}", self.name.to_uppercase());
        let mut roff = Roff::new();
        roff.control("TH", [title.as_str(), "7"]).control("SH", ["NAME"]);
        roff.text([roman(format!("agentctl-{} - {}", self.name, self.summary()))]);
        roff.control("SH", ["DESCRIPTION"]);
        for block in markdown::read(self.text).iter().skip(2) {
            put(&mut roff, block);
        }
        roff.control("SH", ["SEE ALSO"]).text([bold("agentctl"), roman("(1)")]);
        roff.render()
    }
}

fn put(roff: &mut Roff, block: &Block) {
    let inline = |spans: &[Span]| {
        spans
            .iter()
            .map(|span| match span.style {
                Style::Plain => roman(span.text.clone()),
                Style::Bold | Style::Code => bold(span.text.clone()),
            })
            .collect::<Vec<_>>()
    };
    match block {
        Block::Heading(spans) => {
            roff.control("SH", [markdown::plain(spans).to_uppercase().as_str()]);
        }
        Block::Paragraph(spans) => {
            roff.control("PP", []).text(inline(spans));
        }
        Block::Item(spans) => {
            roff.control("IP", ["\\(bu", "2"]).text(inline(spans));
        }
        Block::Code(code) => preformatted(roff, code),
        Block::Table(_) => {
            preformatted(roff, &text::laid_out(std::slice::from_ref(block), text::MANUAL_TABLE, false));
        }
    }
}

fn preformatted(roff: &mut Roff, lines: &str) {
    roff.control("PP", []).control("nf", []).control("RS", ["4"]);
    for line in lines.trim_end().lines() {
        roff.text([roman(line)]);
    }
    roff.control("RE", []).control("fi", []);
}
