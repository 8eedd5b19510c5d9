//! Lays a manual page out as text: paragraphs wrapped to a width, tables in columns, with or without colours.

use unicode_width::UnicodeWidthStr as _;

use super::markdown::{Block, Span, Style};

/// The widest that a page is laid out, in columns.
pub(super) const WIDEST: usize = 100;

/// How wide a table in a manual page may be, in columns.
pub(super) const MANUAL_TABLE: usize = 74;

/// The narrowest column of a table.
const NARROWEST: usize = 10;

/// Returns the text of a page.
pub(super) fn laid_out(blocks: &[Block], width: usize, coloured: bool) -> String {
    let layout = Layout { width: width.clamp(20, WIDEST), coloured };
    let mut out = String::new();
    for (n, block) in blocks.iter().enumerate() {
        let follows_item =
            matches!(block, Block::Item(_)) && n > 0 && matches!(blocks[n - 1], Block::Item(_));
        if n > 0 && !follows_item {
            out.push('\n');
        }
        layout.block(block, &mut out);
    }
    out
}

struct Layout {
    width: usize,
    coloured: bool,
}

/// A word with its style, and whether a space stands before it.
struct Word<'a> {
    text: &'a str,
    style: Style,
    spaced: bool,
}

impl Layout {
    fn block(&self, block: &Block, out: &mut String) {
        match block {
            Block::Heading(spans) => {
                let bold: Vec<Span> =
                    spans.iter().map(|s| Span { text: s.text.clone(), style: Style::Bold }).collect();
                self.lines(&self.wrapped(&bold, self.width), "", out);
            }
            Block::Paragraph(spans) => self.lines(&self.wrapped(spans, self.width), "", out),
            Block::Item(spans) => {
                for (n, line) in self.wrapped(spans, self.width - 2).iter().enumerate() {
                    self.lines(std::slice::from_ref(line), if n == 0 { "- " } else { "  " }, out);
                }
            }
            Block::Code(code) => {
                for line in code.lines() {
                    self.lines(&[(self.painted(line, Style::Code), 0)], "    ", out);
                }
            }
            Block::Table(rows) => self.table(rows, out),
        }
    }

    fn lines(&self, lines: &[(String, usize)], indent: &str, out: &mut String) {
        for (line, _) in lines {
            out.push_str(indent);
            out.push_str(line);
            out.truncate(out.trim_end_matches(' ').len());
            out.push('\n');
        }
    }

    /// Wraps spans; each line comes with how many columns it takes.
    fn wrapped(&self, spans: &[Span], width: usize) -> Vec<(String, usize)> {
        let mut lines = vec![(String::new(), 0)];
        for word in words(spans) {
            let wide = word.text.width();
            let (line, used) = match lines.last_mut() {
                Some((_, used))
                    if *used > 0 && *used + usize::from(word.spaced) + wide > width && word.spaced =>
                {
                    lines.push((String::new(), 0));
                    let at = lines.len() - 1;
                    (&mut lines[at].0, 0)
                }
                Some((line, used)) => (line, *used),
                None => return lines,
            };
            let space = word.spaced && used > 0;
            if space {
                line.push(' ');
            }
            line.push_str(&self.painted(word.text, word.style));
            let used = used + usize::from(space) + wide;
            if let Some(last) = lines.last_mut() {
                last.1 = used;
            }
        }
        lines
    }

    fn painted(&self, text: &str, style: Style) -> String {
        match style {
            Style::Bold if self.coloured => format!("\u{1b}[1m{text}\u{1b}[0m"),
            Style::Code if self.coloured => format!("\u{1b}[36m{text}\u{1b}[0m"),
            _ => text.to_owned(),
        }
    }

    fn table(&self, rows: &[Vec<Vec<Span>>], out: &mut String) {
        let columns = rows.first().map_or(0, Vec::len);
        let widths = self.widths(rows, columns);
        for (n, row) in rows.iter().enumerate() {
            let cells: Vec<Vec<(String, usize)>> =
                row.iter().zip(&widths).map(|(cell, width)| self.wrapped(cell, *width)).collect();
            let height = cells.iter().map(Vec::len).max().unwrap_or(0);
            for at in 0..height {
                let mut line = String::new();
                for (cell, width) in cells.iter().zip(&widths) {
                    let (text, used) = cell.get(at).map_or(("", 0), |(text, used)| (text.as_str(), *used));
                    line.push_str(text);
                    line.push_str(&" ".repeat(width.saturating_sub(used) + 2));
                }
                self.lines(&[(line, 0)], "", out);
            }
            if n == 0 {
                let rule: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
                self.lines(&[(rule.join("  "), 0)], "", out);
            }
        }
    }

    /// How wide each column is: as wide as its text, the widest made narrower until all fit.
    fn widths(&self, rows: &[Vec<Vec<Span>>], columns: usize) -> Vec<usize> {
        let mut widths: Vec<usize> = (0..columns)
            .map(|n| {
                let cells = rows.iter().filter_map(|row| row.get(n));
                cells.map(|cell| cell.iter().map(|s| s.text.width()).sum::<usize>()).max().unwrap_or(0).max(1)
            })
            .collect();
        while widths.iter().sum::<usize>() + 2 * columns.saturating_sub(1) > self.width {
            match widths.iter_mut().max_by_key(|width| **width) {
                Some(widest) if *widest > NARROWEST => *widest -= 1,
                _ => break,
            }
        }
        widths
    }
}

/// The words of spans. Code is one word where it is short, so that a command is not torn.
fn words(spans: &[Span]) -> impl Iterator<Item = Word<'_>> {
    let mut spaced = false;
    spans.iter().flat_map(move |span| {
        let mut words = Vec::new();
        if span.style == Style::Code && span.text.width() <= 40 {
            words.push(Word { text: &span.text, style: span.style, spaced });
            spaced = false;
            return words;
        }
        for (n, text) in span.text.split(' ').enumerate() {
            spaced |= n > 0;
            if !text.is_empty() {
                words.push(Word { text, style: span.style, spaced });
                spaced = false;
            }
        }
        words
    })
}
