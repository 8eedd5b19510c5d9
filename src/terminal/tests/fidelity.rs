//! How true the screen is to others: runs public suites of terminal recordings, if the environment says where they
//! are. `AGENTCTL_XTERM_SUITE` names xterm.js' folder `escape_sequence_files`, `AGENTCTL_ALACRITTY_SUITE` alacritty's
//! folder `tests/ref`. Nothing of them is part of this repository; without them the tests say so and pass.

#[cfg(test)]
mod suites {
    use std::fs;
    use std::path::{Path, PathBuf};

    use crate::terminal::line::Cell;
    use crate::terminal::style::{Attrs, Color, Style, Underline};
    use crate::terminal::{Screen, Size};

    /// What has to come out right, at least.
    const XTERM_FLOOR: usize = 55;
    const ALACRITTY_FLOOR: usize = 43;

    fn folder(variable: &str) -> Option<PathBuf> {
        let folder = std::env::var_os(variable).map(PathBuf::from);
        if folder.is_none() {
            println!("skipped: {variable} does not say where the suite is");
        }
        folder
    }

    fn report(suite: &str, count: usize, wrong: &[String], floor: usize) {
        let right = count - wrong.len();
        println!("{suite}: {right} of {count} come out right");
        for name in wrong {
            println!("  not {name}");
        }
        assert!(right >= floor, "{suite}: {right} of {count}, less than {floor}");
    }

    /// The text of the screen, as xterm's was copied: lines without spaces at their end.
    fn xterm_case(input: &Path) -> bool {
        let mut screen = Screen::new(Size::new(25, 80));
        // The recordings are what a program writes to a PTY, which puts a return before each line feed.
        for line in fs::read(input).unwrap().split_inclusive(|byte| *byte == b'\n') {
            match line.split_last() {
                Some((b'\n', text)) => {
                    screen.feed(text);
                    screen.feed(b"\r\n");
                }
                _ => screen.feed(line),
            }
        }
        let lines = |text: &str| text.split('\n').map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
        let mut expected = lines(&fs::read_to_string(input.with_extension("text")).unwrap());
        expected.truncate(25);
        let shown = lines(&screen.text());
        if shown != expected && std::env::var_os("AGENTCTL_SUITE_DIFF").is_some() {
            for (number, (shown, expected)) in
                shown.iter().zip(&expected).enumerate().filter(|(_, (a, b))| a != b)
            {
                println!("{}:{number}\n  shown    {shown:?}\n  expected {expected:?}", input.display());
            }
        }
        shown == expected
    }

    #[test]
    fn xterm_js_escape_sequence_files_come_out_right() {
        let Some(folder) = folder("AGENTCTL_XTERM_SUITE") else { return };
        let mut inputs: Vec<PathBuf> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "in"))
            .collect();
        inputs.sort();
        let wrong: Vec<String> = inputs
            .iter()
            .filter(|input| !xterm_case(input))
            .map(|input| input.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        report("xterm.js escape sequence files", inputs.len(), &wrong, XTERM_FLOOR);
    }

    /// A cell of alacritty's grid as one of ours: what shows of it.
    fn alacritty_cell(cell: &serde_json::Value) -> (String, Color, Color, Attrs, Underline) {
        let flags = cell["flags"].as_str().unwrap();
        let has = |name: &str| flags.split(" | ").any(|flag| flag == name);
        let mut attrs = Attrs::NONE;
        for (name, attr) in [
            ("BOLD", Attrs::BOLD),
            ("DIM", Attrs::DIM),
            ("ITALIC", Attrs::ITALIC),
            ("INVERSE", Attrs::INVERSE),
            ("HIDDEN", Attrs::CONCEAL),
            ("STRIKEOUT", Attrs::STRIKE),
        ] {
            if has(name)
                || (has("BOLD_ITALIC") && (name == "BOLD" || name == "ITALIC"))
                || (has("DIM_BOLD") && (name == "BOLD" || name == "DIM"))
            {
                attrs = attrs.with(attr);
            }
        }
        let underline = [
            ("UNDERLINE", Underline::Single),
            ("DOUBLE_UNDERLINE", Underline::Double),
            ("UNDERCURL", Underline::Curly),
            ("DOTTED_UNDERLINE", Underline::Dotted),
            ("DASHED_UNDERLINE", Underline::Dashed),
        ]
        .into_iter()
        .find(|(name, _)| has(name))
        .map_or(Underline::None, |(_, underline)| underline);
        let mut text = cell["c"].as_str().unwrap().to_owned();
        if let Some(marks) = cell["extra"]["zerowidth"].as_array() {
            text.extend(marks.iter().filter_map(|mark| mark.as_str()));
        }
        if has("WIDE_CHAR_SPACER") || has("LEADING_WIDE_CHAR_SPACER") {
            text = " ".to_owned();
        }
        let text = if text == "\t" { " ".to_owned() } else { text };
        (text, alacritty_color(&cell["fg"]), alacritty_color(&cell["bg"]), attrs, underline)
    }

    fn alacritty_color(color: &serde_json::Value) -> Color {
        const NAMES: [&str; 16] = [
            "Black",
            "Red",
            "Green",
            "Yellow",
            "Blue",
            "Magenta",
            "Cyan",
            "White",
            "BrightBlack",
            "BrightRed",
            "BrightGreen",
            "BrightYellow",
            "BrightBlue",
            "BrightMagenta",
            "BrightCyan",
            "BrightWhite",
        ];
        if let Some(index) = color["Indexed"].as_u64() {
            return Color::Indexed(index as u8);
        }
        if let Some(spec) = color["Spec"].as_object() {
            let part = |name: &str| spec[name].as_u64().unwrap() as u8;
            return Color::Rgb(part("r"), part("g"), part("b"));
        }
        let name = color["Named"].as_str().unwrap();
        NAMES
            .iter()
            .position(|known| *known == name)
            .map_or(Color::Default, |index| Color::Indexed(index as u8))
    }

    /// A cell of ours in the same words. Of a cell without text only its background is compared: what pen erased it
    /// does not show.
    fn our_cell(cell: &Cell<'_>) -> (String, Color, Color, Attrs, Underline) {
        let Style { fg, bg, attrs, underline, .. } = cell.style;
        let text = if cell.text.is_empty() { " " } else { cell.text };
        (text.to_owned(), fg, bg, attrs, underline)
    }

    fn alacritty_case(folder: &Path) -> bool {
        let json = |name: &str| -> serde_json::Value {
            serde_json::from_str(&fs::read_to_string(folder.join(name)).unwrap()).unwrap()
        };
        let (size, grid) = (json("size.json"), json("grid.json"));
        let number = |value: &serde_json::Value| value.as_u64().unwrap() as u16;
        let (rows, cols) = (number(&size["screen_lines"]), number(&size["columns"]));
        let mut screen = Screen::new(Size::new(rows, cols));
        screen.feed(&fs::read(folder.join("alacritty.recording")).unwrap());
        let snapshot = screen.snapshot();
        // The ring of rows begins at `zero`, with the last row of the screen first.
        let ring = grid["raw"]["inner"].as_array().unwrap();
        let zero = number(&grid["raw"]["zero"]) as usize;
        let mut equal = true;
        for (row, line) in snapshot.lines().enumerate() {
            let theirs = &ring[(zero + usize::from(rows) - 1 - row) % ring.len()]["inner"];
            let mut ours: Vec<_> = Vec::new();
            for cell in line.cells() {
                ours.push(our_cell(&cell));
                if cell.width == 2 {
                    ours.push((
                        " ".to_owned(),
                        cell.style.fg,
                        cell.style.bg,
                        cell.style.attrs,
                        cell.style.underline,
                    ));
                }
            }
            ours.resize(
                usize::from(cols),
                (" ".to_owned(), Color::Default, Color::Default, Attrs::NONE, Underline::None),
            );
            for (col, (ours, theirs)) in ours.iter().zip(theirs.as_array().unwrap()).enumerate() {
                let theirs = alacritty_cell(theirs);
                // What does not show in a space: its colour and weight, unless something underlines or inverts it.
                let unseen = |cell: &(String, Color, Color, Attrs, Underline)| {
                    let plain = cell.0 == " "
                        && cell.4 == Underline::None
                        && !cell.3.any(Attrs::INVERSE.with(Attrs::STRIKE));
                    if plain {
                        (" ".to_owned(), Color::Default, cell.2, Attrs::NONE, Underline::None)
                    } else {
                        cell.clone()
                    }
                };
                if unseen(ours) != unseen(&theirs) {
                    if equal && std::env::var_os("AGENTCTL_SUITE_DIFF").is_some() {
                        println!(
                            "{} [{row}][{col}]\n  shown    {ours:?}\n  expected {theirs:?}",
                            folder.display()
                        );
                    }
                    equal = false;
                }
            }
        }
        equal
    }

    #[test]
    fn alacritty_reference_recordings_come_out_right() {
        let Some(folder) = folder("AGENTCTL_ALACRITTY_SUITE") else { return };
        let mut cases: Vec<PathBuf> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.join("grid.json").exists())
            .collect();
        cases.sort();
        let wrong: Vec<String> = cases
            .iter()
            .filter(|case| !alacritty_case(case))
            .map(|case| case.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        report("alacritty reference recordings", cases.len(), &wrong, ALACRITTY_FLOOR);
    }
}
