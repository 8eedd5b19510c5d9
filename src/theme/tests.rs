//! What the themes promise: that they load, that they can be read, and that states stay apart for every eye.

use proptest::prelude::*;

use super::color::{distance, lab_of_light, linear};
use super::*;
use crate::manifest::ManifestError;

fn builtin(name: &str) -> Theme {
    let text = BUILTIN.iter().find(|(known, _)| *known == name).unwrap().1;
    Theme::parse(&format!("{name}.toml"), text, &|_| None).unwrap()
}

fn read(text: &str) -> Result<Theme, ManifestError> {
    Theme::parse("mine.toml", text, &|_| None)
}

const STATES: [Role; 8] = [
    Role::StateStarting,
    Role::StateIdle,
    Role::StateThinking,
    Role::StateWorking,
    Role::StateWaiting,
    Role::StateError,
    Role::StateRecovering,
    Role::StateStopped,
];

/// What each kind of colour blindness makes of linear light: Machado, Oliveira and Fernandes 2009, severity 1.
const EYES: [(&str, [[f64; 3]; 3]); 4] = [
    ("all colours", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    (
        "protanopia",
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    ),
    (
        "deuteranopia",
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    ),
    (
        "tritanopia",
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    ),
];

fn light(color: Color) -> [f64; 3] {
    let (r, g, b) = color.rgb().unwrap();
    [linear(r), linear(g), linear(b)]
}

/// The contrast of two colours, 1 to 21: WCAG 2.2, relative luminance.
fn contrast(a: Color, b: Color) -> f64 {
    let luminance = |color| {
        let [r, g, b] = light(color);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// How far apart two colours look to an eye.
fn apart(a: Color, b: Color, eye: &[[f64; 3]; 3]) -> f64 {
    let seen = |color| {
        let light = light(color);
        lab_of_light(eye.map(|row| row.iter().zip(light).map(|(m, c)| m * c).sum::<f64>().clamp(0.0, 1.0)))
    };
    distance(seen(a), seen(b))
}

/// The nearest two of these roles, for an eye.
fn nearest_pair(theme: &Theme, roles: &[Role], eye: &[[f64; 3]; 3]) -> (f64, Role, Role) {
    let pairs = roles.iter().enumerate().flat_map(|(i, a)| roles[..i].iter().map(move |b| (*a, *b)));
    let gap = |(a, b)| (apart(theme.paint(a).fg, theme.paint(b).fg, eye), a, b);
    pairs.map(gap).min_by(|a, b| a.0.total_cmp(&b.0)).unwrap()
}

#[test]
fn every_theme_that_is_built_in_reads_and_is_called_by_its_name() {
    for (name, _) in BUILTIN {
        let theme = builtin(name);
        assert_eq!(theme.name.as_str(), name);
        assert!(!theme.description.is_empty());
    }
    assert!(
        BUILTIN.iter().any(|(name, _)| *name == DEFAULT) && BUILTIN.iter().any(|(name, _)| *name == MONO)
    );
}

#[test]
fn mono_is_the_default_of_every_role_and_shows_all_of_them() {
    let mono = builtin(MONO);
    assert_eq!(mono, Theme { description: mono.description.clone(), ..Theme::default() });
    let text = BUILTIN.iter().find(|(name, _)| *name == MONO).unwrap().1;
    for role in Role::ALL {
        assert!(
            text.contains(&format!("\n{} = \"{}\"", role.key(), role.plain())),
            "{} is missing",
            role.key()
        );
    }
}

#[test]
fn without_colours_states_differ_by_modifiers() {
    let mono = builtin(MONO);
    for role in Role::ALL {
        assert_eq!((mono.paint(role).fg, mono.paint(role).bg), (Color::Default, Color::Default));
    }
    let paints: std::collections::HashSet<Paint> = STATES.iter().map(|role| mono.paint(*role)).collect();
    assert_eq!(paints.len(), STATES.len());
}

#[test]
fn every_text_can_be_read_on_what_is_behind_it() {
    for (name, _) in BUILTIN {
        let theme = builtin(name);
        if theme.background == Color::Default {
            continue;
        }
        let least = if name == "high-contrast" { 7.0 } else { 4.5 };
        for role in Role::ALL {
            let paint = theme.paint(role);
            // Lines that carry no text need less (WCAG 2.2, 1.4.11).
            let least = if matches!(role, Role::Border | Role::Rail) { 3.0 } else { least };
            let ratio = contrast(paint.fg, paint.bg);
            assert!(ratio >= least, "{name}: {} has a contrast of {ratio:.2}", role.key());
            assert!(!paint.dim && !paint.reverse, "{name}: {} would lose its contrast", role.key());
        }
    }
}

#[test]
fn states_and_teams_look_different() {
    for name in ["dark", "light", "high-contrast", "colour-blind"] {
        let theme = builtin(name);
        for (roles, least) in [(STATES, 6.0), (Role::TEAMS, 6.0)] {
            let (gap, a, b) = nearest_pair(&theme, &roles, &EYES[0].1);
            assert!(gap >= least, "{name}: {} and {} are {gap:.1} apart", a.key(), b.key());
        }
    }
}

#[test]
fn states_stay_apart_for_every_eye_in_the_theme_for_it() {
    let theme = builtin("colour-blind");
    for (eye, matrix) in EYES {
        let (gap, a, b) = nearest_pair(&theme, &STATES, &matrix);
        assert!(gap >= 10.0, "{eye}: {} and {} are {gap:.1} apart", a.key(), b.key());
    }
}

#[test]
fn fewer_colours_keep_texts_readable_and_pass_fixed_ones_through() {
    for depth in [ColorDepth::Indexed, ColorDepth::Sixteen] {
        for (name, _) in BUILTIN {
            let theme = builtin(name).reduced(depth);
            for role in Role::ALL {
                let paint = theme.paint(role);
                let plain = paint.fg == Color::Default && paint.bg == Color::Default;
                assert!(plain || paint.fg != paint.bg, "{name}: {} is invisible", role.key());
                assert!(!matches!(paint.fg, Color::Rgb(..)) && !matches!(paint.bg, Color::Rgb(..)));
            }
            let fixed = theme.team(TeamColor::Rgb(0xff, 0x87, 0x00)).fg;
            assert_eq!(fixed, Color::Rgb(0xff, 0x87, 0x00).reduced(depth));
        }
    }
    let dark = builtin("dark");
    assert_eq!(dark.team(TeamColor::Rgb(1, 2, 3)).fg, Color::Rgb(1, 2, 3));
    assert_eq!(dark.team(TeamColor::nth(1)), dark.paint(Role::TeamGreen));
    assert_eq!(dark.state(AgentState::Working), dark.paint(Role::StateWorking));
}

#[test]
fn a_theme_of_ones_own_is_a_few_lines() {
    let mine = read(
        "extends = \"dark\"\n[colors]\nblue = \"#88c0d0\"\n[roles]\nbackground = \"#2e3440\"\nkey = \"blue underline\"\n",
    )
    .unwrap();
    let (blue, background) = (Color::Rgb(0x88, 0xc0, 0xd0), Color::Rgb(0x2e, 0x34, 0x40));
    assert_eq!(mine.name.as_str(), "mine");
    assert_eq!(
        mine.paint(Role::Key),
        Paint { fg: blue, bg: background, underline: true, ..Paint::default() }
    );
    // What the other theme paints with the same name follows, and so does what has no colour behind it.
    assert_eq!(mine.paint(Role::StateThinking), Paint { fg: blue, bg: background, ..Paint::default() });
    assert_eq!(mine.paint(Role::Bar), builtin("dark").paint(Role::Bar));
}

#[test]
fn mistakes_are_named_with_their_place_and_the_nearest_word() {
    let wrong = |text: &str| read(text).unwrap_err().to_string();
    assert_eq!(
        wrong("[roles]\nboarder = \"red\"\n"),
        "mine.toml:2:1: `roles.boarder`: there is no role `boarder`; did you mean `border`?"
    );
    assert_eq!(
        wrong("[colors]\namber = \"#ffb000\"\n[roles]\ntext = \"ambre bold\"\n"),
        "mine.toml:4:8: `roles.text`: `ambre` is neither a colour nor a modifier; did you mean `amber`?"
    );
    assert_eq!(
        wrong("[roles]\ntext = \"red on\"\n"),
        "mine.toml:2:8: `roles.text`: `on` is not followed by a colour; \
         write a colour such as `#7aa2f7` or `blue`, then `on` and another, then `bold`"
    );
    assert_eq!(
        wrong("[roles]\nbackground = \"red bold\"\n"),
        "mine.toml:2:14: `roles.background`: must be one colour and nothing else"
    );
    assert_eq!(
        wrong("[colors]\nbold = \"red\"\n"),
        "mine.toml:2:1: `colors.bold`: `bold` cannot be the name of a colour"
    );
    assert!(wrong("[colors]\na = \"#12\"\n").starts_with("mine.toml:2:5: `colors.a`: `#12` is neither"));
    assert!(wrong("[role]\n").contains("did you mean `roles`?"));
    assert!(wrong("extends = \"drak\"\n").contains("did you mean `dark`?"));
}

proptest! {
    #[test]
    fn garbage_gives_an_error_and_no_panic(text in "[a-z\\[\\]=\"\\n #.0-9\\PC]{0,80}") {
        if let Err(error) = read(&text) {
            prop_assert!(!error.to_string().is_empty());
        }
        let paint = read(&format!("[roles]\ntext = {}\n", toml::Value::String(text)));
        if let Err(error) = paint {
            prop_assert!(!error.to_string().is_empty());
        }
    }
}
