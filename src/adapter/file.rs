//! An adapter's file: read through `manifest`, and built on the one that it extends.
//!
//! A person's `claude.toml` that begins with `extends = "claude"` needs to say only what differs: a table that it gives
//! takes the place of the built-in one; a rule or a dialog that it gives takes the place of the one of that name, or
//! stands before the others.

use std::sync::Arc;

use serde::Deserialize;

use super::definition::{
    About, Adapter, Conversation, Dialog, Draft, Headless, Interrupt, Start, Status, Submit, Version,
};
use super::expression::Compile;
use super::flags::Flags;
use super::library::is_builtin;
use super::records::Records;
use super::rule::{RuleTable, Rules};
use super::server::Server;
use crate::manifest::{Ancestor, Manifest, ManifestError, Spanned, read_lineage};

/// Everything that may stand in an adapter's file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    extends: Option<Spanned<String>>,
    adapter: Option<About>,
    version: Option<Version>,
    start: Option<Start>,
    conversation: Option<Conversation>,
    submit: Option<Submit>,
    interrupt: Option<Interrupt>,
    draft: Option<Draft>,
    status: Option<Status>,
    #[serde(default)]
    dialog: Vec<Spanned<Dialog>>,
    flags: Option<Flags>,
    headless: Option<Headless>,
    records: Option<Records>,
    server: Option<Server>,
    #[serde(default)]
    rule: Vec<RuleTable>,
}

impl Adapter {
    /// Reads an adapter's file. `resolve` returns the text of the adapter of a name, `known` are the names there are.
    ///
    /// # Errors
    /// Names the line and field that is wrong, a regular expression or a key that cannot be read among them.
    pub fn parse(
        manifest: &Manifest<'_>,
        resolve: &dyn Fn(&str) -> Option<String>,
        known: &[&str],
    ) -> Result<Adapter, ManifestError> {
        let line = read_lineage(manifest, |file: &File| file.extends.as_ref(), resolve, known)?;
        let mut adapter = Adapter::default();
        for ancestor in line {
            adapter.take(ancestor)?;
        }
        if adapter.about.name.is_empty() {
            let error = manifest.at(&(0..0), "adapter.name", "the adapter has no name");
            return Err(error.hint("write [adapter] name = \"…\", or extends = \"claude\" at the top"));
        }
        Ok(adapter)
    }

    /// Takes over what a file says.
    fn take(&mut self, ancestor: Ancestor<File>) -> Result<(), ManifestError> {
        let Ancestor { file: name, text, value: file } = ancestor;
        let manifest = Manifest { file: &name, text: &text };
        let compile = if is_builtin(&text) { Compile::Later } else { Compile::Now };
        let rules = Rules::compile(file.rule, &manifest, compile)?;
        let mut all = Arc::unwrap_or_clone(std::mem::take(&mut self.rules));
        all.put_before(rules);
        for (n, dialog) in file.dialog.iter().enumerate() {
            let rule = &dialog.get_ref().rule;
            if !all.names().any(|known| known == rule) {
                let error = manifest.at(
                    &dialog.span(),
                    format!("dialog[{n}].rule"),
                    format!("there is no rule called `{rule}`"),
                );
                return Err(error.did_you_mean(rule, all.names()));
            }
        }
        self.rules = Arc::new(all);
        let mut dialogs: Vec<Dialog> = file.dialog.into_iter().map(Spanned::into_inner).collect();
        let given: Vec<String> = dialogs.iter().map(|dialog| dialog.rule.clone()).collect();
        self.dialogs.retain(|old| !given.contains(&old.rule));
        dialogs.append(&mut self.dialogs);
        self.dialogs = dialogs;
        put(&mut self.about, file.adapter);
        put(&mut self.version, file.version);
        put(&mut self.start, file.start);
        put(&mut self.conversation, file.conversation);
        put(&mut self.submit, file.submit);
        put(&mut self.interrupt, file.interrupt);
        put(&mut self.draft, file.draft);
        put(&mut self.status, file.status);
        put(&mut self.flags, file.flags);
        put(&mut self.headless, file.headless);
        put(&mut self.records, file.records);
        put(&mut self.server, file.server);
        self.texts.push((name, text));
        Ok(())
    }
}

fn put<T>(place: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *place = given;
    }
}
