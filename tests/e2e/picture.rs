//! The picture in the README: the demo's screen as an SVG, drawn from what the real program wrote to its window.
//!
//! `cargo test --test e2e picture -- --ignored` draws it anew.

use std::fmt::Write as _;
use std::path::Path;

use crate::home::Home;
use crate::window::Window;

/// A cell's width and height, in the picture's units.
const CELL: (f32, f32) = (8.4, 18.0);

/// What is shown where a cell names no colour: the theme `dark`.
const DEFAULT: (&str, &str) = ("#d5dae2", "#14171c");

#[test]
#[ignore = "draws a file of the repository anew"]
fn picture() {
    let home = Home::new();
    let window = Window::open(&home, 46, 150, &["demo"]);
    window.wait_until("every state that a team at work is in", |screen| {
        ["waiting", "working", "thinking", "idle"].iter().all(|word| screen.contains(word))
            && screen.contains("need you")
    });
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/screen.svg");
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
    std::fs::write(path, svg(&window.screen())).expect("the picture can be written");
}

fn svg(screen: &vt100::Screen) -> String {
    let (rows, cols) = (screen.size().0.get(), screen.size().1.get());
    let (width, height) = (f32::from(cols) * CELL.0, f32::from(rows) * CELL.1);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.1} {height:.1}\" font-family=\"ui-monospace, \
         'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"14\" xml:space=\"preserve\">\n\
         <title>agentctl demo</title>\n<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{}\"/>\n",
        DEFAULT.1
    );
    for row in 0..rows {
        let mut col = 0;
        while col < cols {
            let begun = col;
            let look = look_at(screen, row, col);
            let mut text = String::new();
            while col < cols && look_at(screen, row, col) == look {
                let cell = screen.cell(row, col);
                let contents = cell.map_or("", vt100::Cell::contents);
                text.push_str(if contents.is_empty() { " " } else { contents });
                col += if cell.is_some_and(vt100::Cell::is_wide) { 2 } else { 1 };
            }
            run(&mut out, (row, begun, col - begun), &look, &text);
        }
    }
    out.push_str("</svg>\n");
    out
}

/// Foreground, background, bold.
type Look = (String, String, bool);

fn look_at(screen: &vt100::Screen, row: u16, col: u16) -> Look {
    let Some(cell) = screen.cell(row, col) else { return (DEFAULT.0.into(), DEFAULT.1.into(), false) };
    let (fg, bg) = (color(cell.fgcolor(), DEFAULT.0), color(cell.bgcolor(), DEFAULT.1));
    if cell.inverse() { (bg, fg, cell.bold()) } else { (fg, bg, cell.bold()) }
}

fn color(color: vt100::Color, default: &str) -> String {
    const SIXTEEN: [&str; 16] = [
        "#3a3f4b", "#f4787c", "#8fce7e", "#f2ce60", "#82aaff", "#d48cf0", "#62cfdc", "#d5dae2", "#5b6472",
        "#f4787c", "#8fce7e", "#f2ce60", "#82aaff", "#d48cf0", "#62cfdc", "#f4f6fa",
    ];
    match color {
        vt100::Color::Default => default.to_owned(),
        vt100::Color::Idx(n) => SIXTEEN.get(usize::from(n)).copied().unwrap_or(default).to_owned(),
        vt100::Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
    }
}

fn run(out: &mut String, (row, col, cells): (u16, u16, u16), (fg, bg, bold): &Look, text: &str) {
    let (x, y) = (f32::from(col) * CELL.0, f32::from(row) * CELL.1);
    let width = f32::from(cells) * CELL.0;
    if bg != DEFAULT.1 {
        let _ = writeln!(
            out,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{}\" fill=\"{bg}\"/>",
            CELL.1
        );
    }
    if text.trim().is_empty() {
        return;
    }
    let escaped = text.trim_end().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let length = f32::from(u16::try_from(text.trim_end().chars().count()).unwrap_or(0)) * CELL.0;
    let weight = if *bold { " font-weight=\"bold\"" } else { "" };
    let base = y + CELL.1 * 0.75;
    let _ = writeln!(
        out,
        "<text x=\"{x:.1}\" y=\"{base:.1}\" fill=\"{fg}\"{weight} textLength=\"{length:.1}\" \
         lengthAdjust=\"spacingAndGlyphs\">{escaped}</text>"
    );
}
