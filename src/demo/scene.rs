//! Who plays in the demo, and what they say.

/// A team of the demo.
#[derive(Debug)]
pub(super) struct Team {
    pub(super) name: &'static str,
    pub(super) parent: Option<&'static str>,
}

/// One agent of the demo.
#[derive(Debug)]
pub(super) struct Cast {
    pub(super) name: &'static str,
    pub(super) team: Option<&'static str>,
    pub(super) leads: bool,
    /// Whether it reports its state by the program status protocol; the others are read from their screens.
    pub(super) reports: bool,
    /// Whom it writes to when something is done.
    pub(super) writes_to: &'static [&'static str],
    pub(super) jobs: &'static [Job],
}

/// One job: its title, the steps that are shown, and what it may ask leave for.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) title: &'static str,
    pub(super) steps: &'static [&'static str],
    pub(super) asks: Option<&'static str>,
}

pub(super) const TEAMS: &[Team] = &[
    Team { name: "backend", parent: None },
    Team { name: "database", parent: Some("backend") },
    Team { name: "frontend", parent: None },
    Team { name: "quality", parent: None },
];

pub(super) const CAST: &[Cast] = &[
    Cast {
        name: "chief",
        team: None,
        leads: false,
        reports: true,
        writes_to: &["be-lead", "fe-lead", "qa-lead"],
        jobs: &[
            Job {
                title: "plan the refund release",
                steps: &[
                    "Read docs/roadmap.md",
                    "Read the reports of three teams",
                    "Backend is a day ahead, the checkout form is late",
                    "Moved `partial refunds` before `invoice export`",
                    "Wrote docs/plan-refunds.md  +64 -12",
                ],
                asks: None,
            },
            Job {
                title: "review what is ready to ship",
                steps: &[
                    "git log --oneline origin/main..",
                    "7 changes, 6 reviewed",
                    "Asked quality for the last one",
                ],
                asks: Some("git tag v2.4.0-rc1"),
            },
        ],
    },
    Cast {
        name: "be-lead",
        team: Some("backend"),
        leads: true,
        reports: true,
        writes_to: &["be-1", "be-2", "db-lead"],
        jobs: &[Job {
            title: "split partial refunds into tasks",
            steps: &[
                "Read src/payments/refund.rs",
                "Three callers assume a full refund",
                "Wrote tasks: ledger entry, API field, migration",
                "Gave the migration to the database team",
            ],
            asks: None,
        }],
    },
    Cast {
        name: "be-1",
        team: Some("backend"),
        leads: false,
        reports: false,
        writes_to: &["qa-1"],
        jobs: &[
            Job {
                title: "write the ledger entry",
                steps: &[
                    "Read src/ledger/entry.rs",
                    "Edit src/ledger/entry.rs  +41 -9",
                    "cargo check",
                    "   Finished in 3.1s",
                    "cargo test ledger",
                    "   18 passed",
                ],
                asks: Some("cargo test --features slow-tests"),
            },
            Job {
                title: "make refunds idempotent",
                steps: &[
                    "grep -rn idempotency_key src",
                    "Edit src/api/refunds.rs  +22 -3",
                    "cargo test api::refunds",
                    "   9 passed",
                ],
                asks: None,
            },
        ],
    },
    Cast {
        name: "be-2",
        team: Some("backend"),
        leads: false,
        reports: true,
        writes_to: &["be-lead"],
        jobs: &[Job {
            title: "add `amount` to the refund API",
            steps: &[
                "Read api/openapi.yaml",
                "Edit api/openapi.yaml  +14 -2",
                "Edit src/api/refunds.rs  +37 -11",
                "cargo test api",
                "   52 passed",
            ],
            asks: Some("git push origin refund-amount"),
        }],
    },
    Cast {
        name: "db-lead",
        team: Some("database"),
        leads: true,
        reports: false,
        writes_to: &["be-lead", "db-1"],
        jobs: &[Job {
            title: "design the refund table",
            steps: &[
                "Read migrations/0041_payments.sql",
                "A refund row keeps its own currency",
                "Wrote migrations/0042_refunds.sql  +28 -0",
            ],
            asks: None,
        }],
    },
    Cast {
        name: "db-1",
        team: Some("database"),
        leads: false,
        reports: true,
        writes_to: &["db-lead"],
        jobs: &[Job {
            title: "try the migration on a copy",
            steps: &[
                "createdb refunds_copy",
                "psql -f migrations/0042_refunds.sql",
                "CREATE TABLE",
                "4,118,203 rows copied in 12 s",
            ],
            asks: Some("dropdb refunds_copy"),
        }],
    },
    Cast {
        name: "fe-lead",
        team: Some("frontend"),
        leads: true,
        reports: true,
        writes_to: &["fe-1", "fe-2"],
        jobs: &[Job {
            title: "agree on the refund dialog",
            steps: &[
                "Read designs/refund.md",
                "The amount field needs a currency",
                "Wrote src/refund/README.md  +19 -0",
            ],
            asks: None,
        }],
    },
    Cast {
        name: "fe-1",
        team: Some("frontend"),
        leads: false,
        reports: false,
        writes_to: &["fe-lead"],
        jobs: &[Job {
            title: "build the amount field",
            steps: &[
                "Edit src/refund/Amount.tsx  +58 -0",
                "npm run lint",
                "   no problems",
                "npm test -- Amount",
                "   6 passed",
            ],
            asks: Some("npm install @formatjs/intl"),
        }],
    },
    Cast {
        name: "fe-2",
        team: Some("frontend"),
        leads: false,
        reports: true,
        writes_to: &["qa-1"],
        jobs: &[Job {
            title: "show refunds in the order list",
            steps: &[
                "Read src/orders/List.tsx",
                "Edit src/orders/List.tsx  +17 -4",
                "npm run build",
                "   412 kB, 3 kB more than before",
            ],
            asks: None,
        }],
    },
    Cast {
        name: "qa-lead",
        team: Some("quality"),
        leads: true,
        reports: false,
        writes_to: &["chief", "qa-1"],
        jobs: &[Job {
            title: "decide what must be tested",
            steps: &[
                "Read docs/plan-refunds.md",
                "Two refunds of one payment, at the same time",
                "A refund in another currency",
                "Wrote tests/refunds.md  +33 -0",
            ],
            asks: None,
        }],
    },
    Cast {
        name: "qa-1",
        team: Some("quality"),
        leads: false,
        reports: true,
        writes_to: &["qa-lead"],
        jobs: &[Job {
            title: "test two refunds at once",
            steps: &[
                "Wrote tests/refund_race.rs  +71 -0",
                "cargo test refund_race",
                "   1 failed: both refunds were accepted",
                "Told the backend team",
                "cargo test refund_race",
                "   3 passed",
            ],
            asks: Some("cargo test -- --test-threads 64"),
        }],
    },
    Cast {
        name: "security",
        team: Some("quality"),
        leads: false,
        reports: true,
        writes_to: &["be-lead"],
        jobs: &[Job {
            title: "read the change for holes",
            steps: &[
                "git diff origin/main -- src/api",
                "The amount is checked before the rights are",
                "Wrote review comments  2",
            ],
            asks: None,
        }],
    },
];
