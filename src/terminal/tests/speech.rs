//! Who speaks to the emulator: the folder `grid`, and nothing else. The sources are read as text.

#[cfg(test)]
mod of_the_room {
    use std::fs;
    use std::path::{Path, PathBuf};

    fn room() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("src/terminal")
    }

    fn collect(folder: &Path, out: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let is_test = path.file_stem().is_some_and(|name| name == "tests");
            if path.is_dir() && !is_test {
                collect(&path, out);
            } else if path.is_file() && !is_test {
                out.push(path);
            }
        }
    }

    /// The code of each file of a folder, without comments and tests.
    fn code(folder: &str) -> Vec<(String, String)> {
        let mut paths = Vec::new();
        collect(&room().join(folder), &mut paths);
        let code = |path: PathBuf| {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            let name = path.strip_prefix(room()).unwrap().display().to_string();
            (name, lines.collect::<Vec<_>>().join("\n"))
        };
        paths.into_iter().map(code).collect()
    }

    /// Returns the files, outside of those that `may` say so, with one of these words.
    fn files_with(folder: &str, words: &[&str], may: &[&str]) -> Vec<String> {
        let says = |code: &str| words.iter().any(|word| code.contains(word));
        let others = |name: &str| !may.iter().any(|allowed| name.starts_with(allowed));
        code(folder)
            .into_iter()
            .filter(|(name, code)| others(name) && says(code))
            .map(|(name, _)| name)
            .collect()
    }

    #[test]
    fn only_the_grid_names_vt100() {
        assert_eq!(files_with("", &["vt100"], &["grid/"]), Vec::<String>::new());
        assert_ne!(files_with("", &["vt100"], &[]), Vec::<String>::new());
    }

    #[test]
    fn the_screen_writes_no_escape_sequence_but_answers() {
        let words = ["\\x1b", "\\u{1b}", "put_csi", "put_sgr", "0x1b"];
        assert_eq!(files_with("screen", &words, &["screen/report.rs"]), Vec::<String>::new());
        assert_eq!(files_with("screen", &words, &[]), ["screen/report.rs"]);
    }

    #[test]
    fn the_grid_knows_nothing_of_the_screen() {
        assert_eq!(files_with("grid", &["terminal::screen", "super::screen"], &[]), Vec::<String>::new());
    }
}
