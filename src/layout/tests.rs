//! What the layout promises, for any organisation, window and layout; and pictures of it.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::definition::{Flow, Holder, LeadPlace, Place, Side, Who};
use super::render::render;
use super::sample::{any_org, org};
use super::weights::WeightKey;
use super::*;
use crate::domain::{AgentId, Name, Org};

pub(super) fn builtin(name: &str) -> Layout {
    let text = BUILTIN.iter().find(|(known, _)| *known == name).unwrap().1;
    Layout::parse(&format!("{name}.toml"), text, &|_| None).unwrap()
}

/// One snapshot a layout and size of organisation, with a picture for each window.
#[test]
fn the_chart_reads_well_in_every_window() {
    for (layout, _) in BUILTIN {
        for agents in [1, 3, 12, 60] {
            let org = org(agents);
            let focus = org.executive().map(|a| a.id);
            let view = View { focus, ..View::default() };
            let pictures = [(200, 50), (120, 40), (80, 24), (40, 12), (20, 5)].map(|(width, height)| {
                let arrangement = arrange(&builtin(layout), &org, Rect::new(0, 0, width, height), &view);
                format!("{width}×{height}\n{}\n", render(&org, &arrangement))
            });
            insta::assert_snapshot!(format!("{layout}-{agents}"), pictures.join("\n"));
        }
    }
}

#[test]
fn the_focus_opens_where_it_stands() {
    let org = org(60);
    let focus = org.agent_named("db-3").map(|a| a.id);
    let pictures = [(120, 40), (80, 24), (80, 12), (44, 24)].map(|(width, height)| {
        let view = View { focus, ..View::default() };
        let arrangement = arrange(&builtin("org-chart"), &org, Rect::new(0, 0, width, height), &view);
        format!("{width}×{height}\n{}\n", render(&org, &arrangement))
    });
    insta::assert_snapshot!(pictures.join("\n"));
}

#[test]
fn what_a_person_changed_by_hand_is_seen() {
    let org = org(12);
    let mut layout = builtin("org-chart");
    let area = Rect::new(0, 0, 120, 40);
    let view = View { focus: org.agent_named("fe-2").map(|a| a.id), ..View::default() };
    layout.collapsed.extend([Name::new("backend").unwrap(), Name::new("frontend").unwrap()]);
    layout.weights.set(WeightKey::Tree, 30);
    layout.weights.set(WeightKey::Stage, 500);
    layout.weights.set(WeightKey::Team(Name::new("quality").unwrap(), Axis::Width), 1500);
    layout.tree.side = Side::Right;
    insta::assert_snapshot!(render(&org, &arrange(&layout, &org, area, &view)));
}

/// Everything that decides an arrangement.
#[derive(Clone)]
struct Case {
    org: Org,
    layout: Layout,
    area: Rect,
    focus: Option<AgentId>,
    zoom: bool,
    pinned: Vec<AgentId>,
}

/// A failure shows what a person would have seen.
impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Case { org, layout, area, focus, zoom, pinned } = self;
        writeln!(f, "{} in {area:?}, focus {focus:?}, zoom {zoom}, pinned {pinned:?}", layout.name)?;
        writeln!(f, "folded {:?}, {:?}", layout.collapsed, layout.weights)?;
        f.write_str(&render(org, &self.arrange()))
    }
}

impl Case {
    fn view(&self) -> View<'_> {
        View { focus: self.focus, zoom: self.zoom, pinned: &self.pinned, urgent: &[] }
    }

    fn arrange(&self) -> Arrangement {
        arrange(&self.layout, &self.org, self.area, &self.view())
    }
}

/// The keys that a drag could have written for an organisation.
fn any_key(org: &Org) -> Vec<WeightKey> {
    let mut keys = vec![WeightKey::Tree, WeightKey::Stage, WeightKey::Below(None)];
    for axis in [Axis::Width, Axis::Height] {
        keys.push(WeightKey::Members(None, axis));
        for team in org.teams() {
            keys.push(WeightKey::Team(team.name.clone(), axis));
            keys.push(WeightKey::Members(Some(team.name.clone()), axis));
            keys.push(WeightKey::Below(Some(team.name.clone())));
        }
        keys.extend(org.agents().map(|agent| WeightKey::Agent(agent.name.clone(), axis)));
    }
    keys
}

/// Any layout: one that is built in, or one of a person's own.
fn any_layout() -> impl Strategy<Value = Layout> {
    let places = (0..3usize, 0..3usize, 0..3usize, 0..3usize, any::<[bool; 3]>());
    let sizes = (5u16..95, 10u16..60, 4u16..40, 2u16..12, 1u16..4);
    let own = (places, sizes).prop_map(
        |((holds, place, flow, who, [show, left, above]), (share, column, width, height, card))| {
            let mut layout = Layout { name: Name::new("own").unwrap(), ..Layout::default() };
            layout.tree.show = show;
            layout.tree.side = if left { Side::Left } else { Side::Right };
            layout.stage.holds = [Holder::Executive, Holder::Focus, Holder::Nobody][holds];
            layout.stage.place = [Place::Auto, Place::Top, Place::Left][place];
            layout.stage.share = share;
            layout.teams.flow = [Flow::Columns, Flow::Rows, Flow::Grid][flow];
            layout.teams.lead = if above { LeadPlace::Above } else { LeadPlace::First };
            layout.teams.min_width = column;
            layout.pane.who = [Who::Everyone, Who::Leads, Who::Nobody][who];
            (layout.pane.min_width, layout.pane.min_height) = (width, height);
            layout.card.height = card;
            layout
        },
    );
    prop_oneof![(0..BUILTIN.len()).prop_map(|n| builtin(BUILTIN[n].0)), own]
}

fn any_case(width: std::ops::Range<u16>, height: std::ops::Range<u16>) -> impl Strategy<Value = Case> {
    let hand = (
        proptest::collection::vec((any::<prop::sample::Index>(), 1u16..3000), 0..5),
        proptest::collection::vec(any::<prop::sample::Index>(), 0..3),
        proptest::collection::vec(any::<prop::sample::Index>(), 0..3),
    );
    let area = (0u16..9, 0u16..9, width, height);
    let focus = proptest::option::weighted(0.8, any::<prop::sample::Index>());
    (any_org(), any_layout(), hand, area, focus, prop::bool::weighted(0.1)).prop_map(
        |(org, mut layout, (weights, collapsed, pinned), (x, y, width, height), focus, zoom)| {
            let keys = any_key(&org);
            for (key, weight) in weights {
                layout.weights.set(key.get(&keys).clone(), weight);
            }
            let teams: Vec<Name> = org.teams().map(|team| team.name.clone()).collect();
            if !teams.is_empty() {
                layout.collapsed.extend(collapsed.into_iter().map(|team| team.get(&teams).clone()));
            }
            let agents = org.in_order();
            let pick = |index: prop::sample::Index| (!agents.is_empty()).then(|| *index.get(&agents));
            let focus = focus.and_then(pick);
            let pinned = pinned.into_iter().filter_map(pick).collect();
            Case { org, layout, area: Rect::new(x, y, width, height), focus, zoom, pinned }
        },
    )
}

fn in_tree(arrangement: &Arrangement) -> BTreeSet<AgentId> {
    let rows = arrangement.tree.iter().flat_map(|tree| &tree.rows);
    rows.flat_map(|row| &row.cells)
        .filter(|cell| !cell.area.is_empty())
        .filter_map(|cell| match cell.kind {
            TreeKind::Agent { agent, .. } | TreeKind::Dot { agent, .. } => Some(agent),
            TreeKind::Team { .. } | TreeKind::More { .. } => None,
        })
        .collect()
}

/// Checks what holds in every window.
fn check(case: &Case, a: &Arrangement) {
    let order = case.org.in_order();
    // Everything lies in the window.
    let mut rects = vec![a.status, a.message];
    rects.extend(a.slots.iter().flat_map(|slot| [Some(slot.outer), slot.inner()]).flatten());
    rects.extend(a.groups.iter().flat_map(|group| [group.outer, group.title, group.inner]));
    rects.extend(a.runs.iter().map(|run| run.area));
    rects.extend(a.handles.iter().map(|handle| handle.area));
    rects.extend(a.links.iter().map(|link| Rect::new(link.x, link.y, 1, 1)));
    rects.extend(a.tree.iter().flat_map(|tree| [tree.outer, tree.inner, tree.border]));
    let rows = || a.tree.iter().flat_map(|tree| &tree.rows);
    rects.extend(rows().map(|row| row.area));
    rects.extend(rows().flat_map(|row| &row.cells).map(|cell| cell.area));
    for rect in rects {
        assert!(case.area.encloses(rect), "{rect:?} leaves {:?}", case.area);
    }
    // Places do not overlap, and nothing else that is drawn does.
    let mut taken: Vec<Rect> = a.slots.iter().map(|slot| slot.outer).collect();
    taken.extend(a.tree.iter().map(|tree| tree.outer));
    taken.extend(a.runs.iter().map(|run| run.area));
    taken.push(a.status);
    for (i, one) in taken.iter().enumerate() {
        for other in &taken[..i] {
            assert!(!one.overlaps(*other), "{one:?} overlaps {other:?}");
        }
    }
    // Everybody is somewhere, at most once as a pane and at most once in the chart.
    let mut seen = in_tree(a);
    seen.extend(a.slots.iter().map(|slot| slot.agent));
    seen.extend(a.runs.iter().flat_map(|run| &run.agents));
    let missing: Vec<AgentId> = order.iter().copied().filter(|agent| !seen.contains(agent)).collect();
    assert_eq!(a.off_screen, missing);
    for agent in &order {
        let slots = || a.slots.iter().filter(|slot| slot.agent == *agent);
        assert!(slots().filter(|slot| slot.inner().is_some()).count() <= 1);
        assert!(slots().filter(|slot| !slot.staged).count() <= 1);
    }
    for slot in &a.slots {
        assert!(!slot.outer.is_empty());
        assert!(slot.inner().is_none_or(|inner| !inner.is_empty() && slot.outer.encloses(inner)));
    }
    // Groups hold what belongs to them.
    let groups = |team| a.groups.iter().filter(move |group| group.team == team);
    for slot in a.slots.iter().filter(|slot| !slot.staged) {
        // Of a folded team, the focus alone is shown, wherever in it that stands.
        let line = case.org.lineage(slot.team);
        let is_folded = |id| case.org.team(id).is_some_and(|team| case.layout.collapsed.contains(&team.name));
        let Some(team) = line.iter().rfind(|team| is_folded(**team)).or(line.first()) else { continue };
        assert!(groups(*team).any(|group| group.inner.encloses(slot.outer)), "{slot:?} is outside its team");
    }
    let grid = a.groups.iter().any(|group| group.continued) || case.layout.teams.flow == Flow::Grid;
    for group in &a.groups {
        assert!(group.outer.encloses(group.title) && group.outer.encloses(group.inner));
        let parent = case.org.team(group.team).unwrap().parent.filter(|_| !grid);
        if let Some(parent) = parent {
            assert!(
                groups(parent).any(|outer| outer.inner.encloses(group.outer)),
                "{group:?} left its parent"
            );
        }
        for other in a.groups.iter().filter(|other| *other != group) {
            let nested =
                case.org.stands_in(group.team, other.team) || case.org.stands_in(other.team, group.team);
            assert!(nested || !group.outer.overlaps(other.outer), "{group:?} overlaps {other:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_window_shows_everybody_without_overlaps(case in any_case(0..260, 0..80)) {
        let arrangement = case.arrange();
        check(&case, &arrangement);
        prop_assert_eq!(&arrangement, &case.arrange());
        let room = case.area.width >= 40 && case.area.height >= 12;
        let zoomed = case.zoom && (case.focus.is_some() || case.org.executive().is_some());
        if room && !zoomed {
            prop_assert_eq!(&arrangement.off_screen, &Vec::new());
        }
    }

    #[test]
    fn tiny_windows_are_survived(case in any_case(0..24, 0..9)) {
        let arrangement = case.arrange();
        check(&case, &arrangement);
        let seen = arrangement.slots.iter().any(|slot| Some(slot.agent) == case.focus);
        if case.area.width > 0 && case.area.height > 1 && case.layout.pane.who != Who::Nobody {
            prop_assert!(seen || case.focus.is_none());
        }
    }

    #[test]
    fn the_focus_and_the_executive_live_wherever_one_can(mut case in any_case(24..200, 8..60)) {
        case.zoom = false;
        let rule = case.layout.pane;
        let can = case.layout.stage.holds == Holder::Focus || rule.who != Who::Nobody;
        if !can || rule.min_width > 20 || rule.min_height > 4 {
            return Ok(());
        }
        let arrangement = case.arrange();
        let focus = case.focus.or(case.org.executive().map(|a| a.id));
        if let Some(focus) = focus {
            prop_assert!(arrangement.pane(focus).is_some());
        }
        if let Some(executive) = case.org.executive()
            && case.layout.name.as_str() == "org-chart"
            && case.area.width >= 80
            && case.area.height >= 24
        {
            prop_assert!(arrangement.pane(executive.id).is_some());
        }
    }

    #[test]
    fn a_zoomed_pane_fills_everything_but_the_status_bar(mut case in any_case(1..200, 2..60)) {
        case.zoom = true;
        let arrangement = case.arrange();
        if let Some(zoomed) = case.focus.or(case.org.executive().map(|a| a.id)) {
            let [slot] = arrangement.slots.as_slice() else { panic!("{:?}", arrangement.slots) };
            prop_assert_eq!(slot.agent, zoomed);
            prop_assert_eq!(slot.outer, case.area.split_bottom(1).0);
        }
    }

    #[test]
    fn the_org_chart_leaves_no_large_holes(mut case in any_case(80..220, 24..70)) {
        case.layout = builtin("org-chart");
        case.zoom = false;
        prop_assume!(case.org.agent_count() > 0);
        let arrangement = case.arrange();
        let holes = holes(&arrangement);
        let all = u32::from(case.area.width) * u32::from(case.area.height);
        prop_assert!(holes * 100 <= all * 25, "{holes} of {all} cells are empty:\n{}", render(&case.org, &arrangement));
    }
}

/// Which form each agent has: 2 for a pane, 1 for a card, 0 for a dot.
fn forms(org: &Org, width: u16, height: u16) -> Vec<u8> {
    let view = View { focus: org.executive().map(|a| a.id), ..View::default() };
    let arrangement = arrange(&builtin("org-chart"), org, Rect::new(0, 0, width, height), &view);
    let form = |agent: &AgentId| match (arrangement.pane(*agent), arrangement.slot(*agent)) {
        (Some(_), _) => 2,
        (None, Some(_)) => 1,
        (None, None) => 0,
    };
    org.in_order().iter().map(form).collect()
}

#[test]
fn one_cell_more_changes_little() {
    let changed = |a: &[u8], b: &[u8]| a.iter().zip(b).filter(|(a, b)| a != b).count();
    for agents in [12, 60] {
        let org = org(agents);
        for (width, height) in
            [(200, 15..70), (120, 15..70)].into_iter().flat_map(|(w, h)| h.map(move |h| (w, h)))
        {
            let (one, more) = (forms(&org, width, height), forms(&org, width, height + 1));
            assert!(changed(&one, &more) <= 7, "{agents} agents at {width}×{height}: {one:?} {more:?}");
            let worse = one.iter().zip(&more).filter(|(a, b)| a > b).count();
            assert!(worse <= 1, "a row more costs something: {width}×{height}: {one:?} {more:?}");
        }
        for width in 60..240 {
            let (one, more) = (forms(&org, width, 50), forms(&org, width + 1, 50));
            assert!(changed(&one, &more) <= 7, "{agents} agents at {width}×50: {one:?} {more:?}");
        }
    }
}

#[test]
fn the_stage_and_other_teams_stay_as_they_are_when_the_focus_moves() {
    let org = org(60);
    let area = Rect::new(0, 0, 200, 50);
    let at = |name: &str| {
        let focus = org.agent_named(name).map(|a| a.id);
        arrange(&builtin("org-chart"), &org, area, &View { focus, ..View::default() })
    };
    let (one, other) = (at("qa-5"), at("db-3"));
    let stays = |name: &str| {
        let agent = org.agent_named(name).unwrap().id;
        assert_eq!(one.slot(agent), other.slot(agent), "{name} moved");
    };
    ["chief", "prod-lead", "fe-3", "mob-1", "plat-lead", "infra-4"].into_iter().for_each(stays);
}

#[test]
fn in_the_focus_layout_only_the_stage_changes_with_the_focus() {
    let org = org(12);
    let area = Rect::new(0, 0, 120, 40);
    let cards = |name: &str| {
        let focus = org.agent_named(name).map(|a| a.id);
        let arrangement = arrange(&builtin("focus"), &org, area, &View { focus, ..View::default() });
        let (stage, cards): (Vec<Slot>, Vec<Slot>) =
            arrangement.slots.into_iter().partition(|slot| slot.staged);
        assert_eq!(stage.iter().map(|slot| Some(slot.agent)).collect::<Vec<_>>(), [focus]);
        cards
    };
    assert_eq!(cards("chief").len(), 12);
    assert_eq!(cards("chief"), cards("fe-2"));
}

#[test]
fn a_pinned_agent_is_live_before_its_siblings() {
    let org = org(60);
    let pinned = [org.agent_named("qa-6").unwrap().id];
    let arrangement = |pinned| {
        let view = View { pinned, ..View::default() };
        arrange(&builtin("org-chart"), &org, Rect::new(0, 0, 200, 50), &view)
    };
    assert!(arrangement(&[]).pane(pinned[0]).is_none());
    assert!(arrangement(&pinned).pane(pinned[0]).is_some());
}

#[test]
fn a_tree_too_small_for_everybody_counts_those_left_out_but_not_who_needs_a_person() {
    let org = org(60);
    let urgent = [org.agent_named("qa-6").unwrap().id];
    let view = View { urgent: &urgent, ..View::default() };
    let arrangement = arrange(&builtin("org-chart"), &org, Rect::new(0, 0, 20, 5), &view);
    assert!(in_tree(&arrangement).contains(&urgent[0]));
    let tree = arrangement.tree.as_ref().unwrap();
    assert_eq!(usize::from(tree.hidden) + in_tree(&arrangement).len(), 60);
    // The executive is in the tree or on the stage.
    assert_eq!(arrangement.off_screen.len(), 60 - in_tree(&arrangement).len());
}

#[test]
fn what_is_drawn_is_what_is_hit() {
    let org = org(12);
    let arrangement = arrange(&builtin("org-chart"), &org, Rect::new(0, 0, 120, 40), &View::default());
    for slot in &arrangement.slots {
        let at = slot.inner().unwrap_or(slot.outer);
        let (x, y) = (at.right() - 1, at.bottom() - 1);
        let expected = match slot.inner() {
            Some(_) => Hit::Screen { agent: slot.agent, x: at.width - 1, y: at.height - 1 },
            None => Hit::Agent(slot.agent),
        };
        assert_eq!(arrangement.hit(x, y), expected);
    }
    for cell in arrangement.tree.iter().flat_map(|tree| &tree.rows).flat_map(|row| &row.cells) {
        let expected = match cell.kind {
            TreeKind::Team { team, .. } => Hit::Team(team),
            TreeKind::Agent { agent, .. } | TreeKind::Dot { agent, .. } => Hit::Agent(agent),
            TreeKind::More { .. } => Hit::Nothing,
        };
        assert_eq!(arrangement.hit(cell.area.x, cell.area.y), expected);
    }
    for group in &arrangement.groups {
        assert_eq!(arrangement.hit(group.title.x + 3, group.title.y), Hit::Team(group.team));
        assert!(
            arrangement.handle_at(group.title.x + 3, group.title.y).is_none_or(|h| h.axis == Axis::Height)
        );
    }
    assert_eq!(arrangement.hit(5, 39), Hit::Status);
    assert_eq!(arrangement.hit(500, 500), Hit::Nothing);
}

/// How many cells nothing is drawn on.
fn holes(a: &Arrangement) -> u32 {
    let mut used: Vec<Rect> = a.slots.iter().map(|slot| slot.outer).collect();
    used.extend(a.groups.iter().map(|group| group.title));
    used.extend(a.runs.iter().map(|run| run.area));
    used.extend(a.tree.iter().map(|tree| tree.outer));
    used.extend(a.links.iter().map(|link| Rect::new(link.x, link.y, 1, 1)));
    used.push(a.status);
    let mut holes = 0;
    for y in a.area.y..a.area.bottom() {
        for x in a.area.x..a.area.right() {
            holes += u32::from(!used.iter().any(|rect| rect.contains(x, y)));
        }
    }
    holes
}
