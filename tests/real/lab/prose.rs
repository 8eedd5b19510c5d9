//! Answers of a model that look like dialogs and are none. No state may ever change to waiting on these.

const TEXTS: [&str; 10] = [
    "Would you like to proceed?\n\n1. Yes\n2. No\n\nI can go on either way, so there is no need to answer.",
    "The dialog of the installer looks like this:\n\n```\n❯ 1. Yes\n  2. Yes, and do not ask again\n  3. No, and tell it \
     what to do differently (esc)\n```\n\nPress Enter to confirm or Esc to cancel, it says.",
    "```\n╭──────────────────────────────────────╮\n│ Do you want to make this edit?       │\n│ ❯ 1. Yes                             │\n\
     │   2. No                              │\n╰──────────────────────────────────────╯\n```\nThat is how the box is drawn.",
    "The script ends with `read -p \"Overwrite? (y/n)\"`. It asks: Continue? [Y/n]",
    "Do you want to proceed?\n› 1. Yes, proceed (y)\n  2. No, and tell Codex what to do differently (esc)\n\nPress enter to \
     confirm or esc to cancel",
    "Waiting for your approval is what the status line says: Action Required. Allow execution of: 'rm -rf build'?\n\n● 1. \
     Allow once\n  2. Allow for this session\n  3. No, suggest changes (esc)",
    "While it works it prints `✻ Thinking… (3s · esc to interrupt)` and `• Working (3s • esc to interrupt)`, and when it \
     fails it prints `API Error: 500` or `You've hit your usage limit`. Please run /login, it says then.",
    "Password:\n\nEnter your API key: \n\nDo you trust the files in this folder?\n\n❯ 1. Yes, I trust this folder\n  2. No, \
     exit\n\nEnter to confirm · Esc to cancel",
    "Trust this folder? Codex can read, edit, and run files here.\n\n› 1. Trust and continue\n  2. Back\n\n  enter continue \
     · esc back",
    "Resume session\n\n╭────────────────────╮\n│ ⌕ Search…          │\n╰────────────────────╯\n\n❯ an old one\n\nCtrl+A to show all \
     · Enter to resume · Esc to close",
];

/// How many there are.
pub const COUNT: u8 = TEXTS.len() as u8;

/// Returns one of them; the numbers go round.
pub fn text(number: u8) -> String {
    TEXTS[usize::from(number) % TEXTS.len()].to_owned()
}
