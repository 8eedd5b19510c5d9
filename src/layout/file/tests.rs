//! What layout files promise: that they read, that mistakes are named, and that what is printed reads back.

use proptest::prelude::*;

use super::super::Axis;
use super::*;

fn read(text: &str) -> Result<Layout, ManifestError> {
    Layout::parse("mine.toml", text, &|_| None)
}

#[test]
fn every_layout_that_is_built_in_reads_and_is_called_by_its_name() {
    for (name, text) in BUILTIN {
        let layout = Layout::parse("x.toml", text, &|_| None).unwrap();
        assert_eq!(layout.name.as_str(), name);
        assert!(!layout.description.is_empty());
        assert_eq!(Layout::parse("x.toml", &layout.print(), &|_| None), Ok(layout));
    }
}

#[test]
fn the_default_is_the_first_layout_and_every_field_of_it_is_shown_there() {
    let (_, text) = BUILTIN[0];
    let layout = Layout::parse("x.toml", text, &|_| None).unwrap();
    assert_eq!(layout, Layout { description: layout.description.clone(), ..Layout::default() });
    for field in layout.print().lines().filter(|line| !line.is_empty() && *line != "[weights]") {
        let field = field.split(" = ").next().unwrap();
        assert!(text.contains(field), "{field} is not explained");
    }
}

#[test]
fn a_layout_says_only_what_is_different() {
    let mine = read("extends = \"focus\"\n[stage]\nshare = 50\n").unwrap();
    let mut expected = Layout::parse("focus.toml", builtin("focus").unwrap(), &|_| None).unwrap();
    expected.name = Name::new("mine").unwrap();
    expected.stage.share = 50;
    assert_eq!(mine, expected);
}

#[test]
fn mistakes_are_named_with_their_place_and_the_nearest_word() {
    let wrong = |text: &str| read(text).unwrap_err().to_string();
    assert_eq!(
        wrong("[stage]\nshar = 5\n"),
        "mine.toml:2:1: `stage.shar`: unknown field `shar`; did you mean `share`?"
    );
    assert_eq!(
        wrong("[teams]\nflow = \"column\"\n"),
        "mine.toml:2:8: `teams.flow`: `column` is not known here; did you mean `columns`?"
    );
    assert_eq!(wrong("[card]\nheight = 4\n"), "mine.toml:2:10: `card.height`: 4 is not from 1 to 3");
    assert_eq!(
        wrong("extends = \"org-cart\"\n"),
        "mine.toml:1:11: `extends`: there is no `org-cart` to build on; did you mean `org-chart`?"
    );
    assert_eq!(
        wrong("[weights]\n\"team backend\" = 5\n"),
        "mine.toml:2:18: `weights.team backend`: `team backend` names no border; \
         write `tree`, `stage` or words such as `team backend width`"
    );
    assert!(wrong("collapsed = [\"a b\"]\n").starts_with("mine.toml:1:14: `collapsed`: `a b` holds"));
    assert_eq!(
        wrong("[tree]\nwidth = \"wide\"\n"),
        "mine.toml:2:9: `tree.width`: invalid type: string \"wide\", expected u16"
    );
}

fn any_layout() -> impl Strategy<Value = Layout> {
    let places = (0..3usize, 0..3usize, 0..3usize, 0..3usize, any::<[bool; 3]>());
    let sizes =
        (8u16..120, 5u16..95, 8u16..500, [4u16..500, 4..500, 4..500, 4..500], [2u16..500, 2..500], 1u16..4);
    let hand = proptest::collection::btree_map("[a-z][a-z0-9._-]{0,8}", 1u16..9999, 0..4);
    ("[a-z][a-z0-9-]{0,12}", "\\PC{0,30}", places, sizes, hand).prop_map(
        |(
            name,
            description,
            (holds, place, flow, who, flags),
            (tree, share, min, widths, heights, card),
            hand,
        )| {
            let mut layout = Layout { name: Name::new(name).unwrap(), description, ..Layout::default() };
            layout.tree.show = flags[0];
            layout.tree.side = if flags[1] { Side::Left } else { Side::Right };
            layout.tree.width = tree;
            layout.stage.holds = [Holder::Executive, Holder::Focus, Holder::Nobody][holds];
            layout.stage.place = [Place::Auto, Place::Top, Place::Left][place];
            layout.stage.share = share;
            layout.teams.flow = [Flow::Columns, Flow::Rows, Flow::Grid][flow];
            layout.teams.lead = if flags[2] { LeadPlace::Above } else { LeadPlace::First };
            layout.teams.min_width = min;
            layout.pane.who = [Who::Everyone, Who::Leads, Who::Nobody][who];
            [layout.pane.min_width, layout.pane.width, layout.card.min_width, layout.card.width] = widths;
            [layout.pane.min_height, layout.pane.height] = heights;
            layout.card.height = card;
            for (name, weight) in hand {
                let name = Name::new(name).unwrap();
                layout.collapsed.insert(name.clone());
                layout.weights.set(WeightKey::Team(name, Axis::Width), weight);
                layout.weights.set(WeightKey::Tree, weight);
            }
            layout
        },
    )
}

proptest! {
    #[test]
    fn what_is_printed_reads_back(layout in any_layout(), base in any_layout()) {
        prop_assert_eq!(read(&layout.print()), Ok(layout.clone()));
        let resolve = |name: &str| (name == base.name.as_str()).then(|| base.print());
        let again = Layout::parse("saved.toml", &layout.print_over(&base), &resolve);
        prop_assert_eq!(again, Ok(layout));
    }

    #[test]
    fn garbage_gives_an_error_and_no_panic(text in "[a-z\\[\\]=\"\n .0-9\\PC]{0,80}") {
        if let Err(error) = read(&text) {
            prop_assert!(!error.to_string().is_empty());
        }
    }
}
