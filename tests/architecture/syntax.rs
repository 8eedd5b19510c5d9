//! What one source file says: its modules, its names, and every path that it mentions, each with its line. Items that
//! are compiled only for tests are left out. Nothing is resolved here.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Spacing, TokenStream, TokenTree};
use syn::visit::{self, Visit};

/// A path as it is written: `["super", "mail", "send"]`.
pub type Written = Vec<String>;

/// A path in the code, and where it stands.
#[derive(Clone, Debug)]
pub struct Mention {
    pub path: Written,
    pub line: usize,
    /// A `pub use`: it passes a name on and is not a use of it.
    pub passed_on: bool,
    /// A bare word as an expression: perhaps a local variable.
    pub bare: bool,
}

/// A named thing and its line.
#[derive(Clone, Debug)]
pub struct At {
    pub name: String,
    pub line: usize,
}

/// A function and the lines of code in it, blank lines and comments left out.
#[derive(Clone, Debug)]
pub struct Function {
    pub name: String,
    pub line: usize,
    pub lines: usize,
}

/// A module: a file, or `mod x { … }` within one.
#[derive(Default, Debug)]
pub struct Module {
    /// Children in files of their own, with their `#[path]` and whether only tests have them.
    pub children: Vec<Child>,
    pub inline: Vec<(String, Module)>,
    /// Items that are defined here.
    pub items: BTreeSet<String>,
    /// Names that `use` brings, and the path behind each.
    pub imported: BTreeMap<String, Written>,
    pub globs: Vec<Written>,
    pub mentions: Vec<Mention>,
    /// What only a syntax tree shows: `async`, `.await`, `static`.
    pub keywords: Vec<At>,
    /// Every call of a method, with the word before the dot.
    pub methods: Vec<(String, At)>,
    /// Every `for` loop, with the last word of what it goes through.
    pub loops: Vec<At>,
    /// Fields, parameters and variables, with the paths in their types.
    pub typed: Vec<(String, Written)>,
    pub functions: Vec<Function>,
    /// Items that are seen beyond their parent module, and that no `///` explains.
    pub unexplained: Vec<At>,
}

#[derive(Debug)]
pub struct Child {
    pub name: String,
    pub path: Option<String>,
    pub tests_only: bool,
}

/// Reads a file.
///
/// # Errors
/// What is wrong with its syntax, and where.
pub fn read(text: &str) -> Result<Module, String> {
    let file = syn::parse_file(text).map_err(|e| format!("line {}: {e}", e.span().start().line))?;
    let mut reader = Reader { module: Module::default(), code_lines: code_lines(text) };
    for item in &file.items {
        reader.visit_item(item);
    }
    Ok(reader.module)
}

/// For each line whether it holds code.
fn code_lines(text: &str) -> Vec<bool> {
    text.lines()
        .map(|line| {
            let line = line.trim();
            !line.is_empty() && !line.starts_with("//")
        })
        .collect()
}

struct Reader {
    module: Module,
    code_lines: Vec<bool>,
}

impl Reader {
    fn mention(&mut self, path: Written, line: usize) {
        self.module.mentions.push(Mention { path, line, passed_on: false, bare: false });
    }

    fn keyword(&mut self, name: &str, line: usize) {
        self.module.keywords.push(At { name: name.to_owned(), line });
    }

    fn function(&mut self, name: &syn::Ident, from: usize, to: usize) {
        let lines = (from..=to).filter(|l| self.code_lines.get(l - 1).copied().unwrap_or(false)).count();
        self.module.functions.push(Function { name: name.to_string(), line: from, lines });
    }

    /// Notes that a name has a type, for every path in that type.
    fn typed(&mut self, name: &str, ty: &syn::Type) {
        let mut paths = PathsOf(Vec::new());
        paths.visit_type(ty);
        self.module.typed.extend(paths.0.into_iter().map(|path| (name.to_owned(), path)));
    }

    /// Every path in tokens that nothing parses: bodies of macros, and attributes.
    fn tokens(&mut self, tokens: &TokenStream) {
        let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
        let mut at = 0;
        while at < trees.len() {
            match &trees[at] {
                TokenTree::Group(group) => self.tokens(&group.stream()),
                TokenTree::Literal(literal) => {
                    self.literal(&literal.to_string(), literal.span().start().line);
                }
                // `pub(super)` says who may see, and uses nothing.
                TokenTree::Ident(word) if word == "pub" => {
                    if let Some(TokenTree::Group(_)) = trees.get(at + 1) {
                        at += 1;
                    }
                }
                TokenTree::Ident(word) => {
                    let line = word.span().start().line;
                    let mut path = vec![word.to_string()];
                    while let Some(next) = word_after_colons(&trees[at + 1..]) {
                        path.push(next);
                        at += 3;
                    }
                    if matches!(trees.get(at + 1), Some(TokenTree::Punct(p)) if p.as_char() == '!')
                        && matches!(trees.get(at + 2), Some(TokenTree::Group(_)))
                    {
                        mark_macro(&mut path);
                    }
                    if word == "await" || word == "async" {
                        self.keyword(&word.to_string(), line);
                    }
                    let bare = path.len() == 1;
                    self.module.mentions.push(Mention { path, line, passed_on: false, bare });
                }
                // `$name` stands for something else each time; `$crate` is the crate.
                TokenTree::Punct(dollar) if dollar.as_char() == '$' => {
                    if !matches!(trees.get(at + 1), Some(TokenTree::Ident(word)) if word == "crate") {
                        at += 1;
                        while word_after_colons(&trees[(at + 1).min(trees.len())..]).is_some() {
                            at += 3;
                        }
                    }
                }
                TokenTree::Punct(_) => {}
            }
            at += 1;
        }
    }

    /// A literal that is a path, as in `#[serde(with = "super::time")]`.
    fn literal(&mut self, text: &str, line: usize) {
        let Some(text) = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) else { return };
        let path: Written = text.split("::").map(str::to_owned).collect();
        let word = |w: &String| !w.is_empty() && w.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if path.len() > 1 && path.iter().all(word) {
            self.mention(path, line);
        }
    }

    fn import(&mut self, tree: &syn::UseTree, before: &Written, passed_on: bool) {
        let with = |word: &syn::Ident| before.iter().cloned().chain([word.to_string()]).collect::<Written>();
        match tree {
            syn::UseTree::Path(path) => self.import(&path.tree, &with(&path.ident), passed_on),
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(tree, before, passed_on);
                }
            }
            syn::UseTree::Glob(glob) => {
                let line = glob.star_token.spans[0].start().line;
                self.module.globs.push(before.clone());
                self.module.mentions.push(Mention { path: before.clone(), line, passed_on, bare: false });
            }
            syn::UseTree::Name(name) => {
                let path = if name.ident == "self" { before.clone() } else { with(&name.ident) };
                let line = name.ident.span().start().line;
                if let Some(last) = path.last() {
                    self.module.imported.insert(last.clone(), path.clone());
                }
                self.module.mentions.push(Mention { path, line, passed_on, bare: false });
            }
            syn::UseTree::Rename(name) => {
                let path = if name.ident == "self" { before.clone() } else { with(&name.ident) };
                let line = name.ident.span().start().line;
                if name.rename != "_" {
                    self.module.imported.insert(name.rename.to_string(), path.clone());
                }
                self.module.mentions.push(Mention { path, line, passed_on, bare: false });
            }
        }
    }

    /// Notes an item that is seen beyond its parent module and has no docstring.
    fn explained(&mut self, visibility: &syn::Visibility, attributes: &[syn::Attribute], name: &syn::Ident) {
        let seen = match visibility {
            syn::Visibility::Inherited => false,
            syn::Visibility::Restricted(to) => !to.path.is_ident("super") && !to.path.is_ident("self"),
            syn::Visibility::Public(_) => true,
        };
        if seen && !attributes.iter().any(|attribute| attribute.path().is_ident("doc")) {
            self.module.unexplained.push(At { name: name.to_string(), line: name.span().start().line });
        }
    }

    fn item_explained(&mut self, item: &syn::Item) {
        match item {
            syn::Item::Const(i) => self.explained(&i.vis, &i.attrs, &i.ident),
            syn::Item::Enum(i) => self.explained(&i.vis, &i.attrs, &i.ident),
            syn::Item::Fn(i) => self.explained(&i.vis, &i.attrs, &i.sig.ident),
            syn::Item::Static(i) => self.explained(&i.vis, &i.attrs, &i.ident),
            syn::Item::Struct(i) => self.explained(&i.vis, &i.attrs, &i.ident),
            syn::Item::Trait(i) => self.explained(&i.vis, &i.attrs, &i.ident),
            syn::Item::Type(i) => self.explained(&i.vis, &i.attrs, &i.ident),
            _ => {}
        }
    }

    fn item_name(&mut self, item: &syn::Item) {
        let name = match item {
            syn::Item::Const(i) => &i.ident,
            syn::Item::Enum(i) => &i.ident,
            syn::Item::Fn(i) => &i.sig.ident,
            syn::Item::Static(i) => &i.ident,
            syn::Item::Struct(i) => &i.ident,
            syn::Item::Trait(i) => &i.ident,
            syn::Item::Type(i) => &i.ident,
            syn::Item::Union(i) => &i.ident,
            _ => return,
        };
        self.module.items.insert(name.to_string());
    }
}

/// The word of `:: word` at the beginning of these tokens.
fn word_after_colons(trees: &[TokenTree]) -> Option<String> {
    match trees {
        [TokenTree::Punct(a), TokenTree::Punct(b), TokenTree::Ident(word), ..]
            if a.as_char() == ':' && a.spacing() == Spacing::Joint && b.as_char() == ':' =>
        {
            Some(word.to_string())
        }
        _ => None,
    }
}

fn mark_macro(path: &mut Written) {
    if let Some(last) = path.last_mut() {
        last.push('!');
    }
}

fn written(path: &syn::Path) -> Written {
    let root = path.leading_colon.as_ref().map(|_| String::new());
    root.into_iter().chain(path.segments.iter().map(|s| s.ident.to_string())).collect()
}

fn line_of(path: &syn::Path) -> usize {
    path.segments.first().map_or(0, |s| s.ident.span().start().line)
}

/// The paths in a type.
struct PathsOf(Vec<Written>);

impl Visit<'_> for PathsOf {
    fn visit_path(&mut self, path: &syn::Path) {
        self.0.push(written(path));
        visit::visit_path(self, path);
    }
}

/// Whether `#[cfg(…)]` is true in tests alone: `test`, or `all(…, test, …)`.
fn tests_only(attributes: &[syn::Attribute]) -> bool {
    fn holds(tokens: TokenStream) -> bool {
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        match trees.as_slice() {
            [TokenTree::Ident(word)] => word == "test",
            [TokenTree::Ident(word), TokenTree::Group(group)] if word == "all" => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                inner
                    .split(|t| matches!(t, TokenTree::Punct(p) if p.as_char() == ','))
                    .any(|part| holds(part.iter().cloned().collect()))
            }
            _ => false,
        }
    }
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) if list.path.is_ident("cfg") => holds(list.tokens.clone()),
        meta => meta.path().is_ident("test"),
    })
}

fn attributes_of(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Const(i) => &i.attrs,
        syn::Item::Enum(i) => &i.attrs,
        syn::Item::ExternCrate(i) => &i.attrs,
        syn::Item::Fn(i) => &i.attrs,
        syn::Item::ForeignMod(i) => &i.attrs,
        syn::Item::Impl(i) => &i.attrs,
        syn::Item::Macro(i) => &i.attrs,
        syn::Item::Mod(i) => &i.attrs,
        syn::Item::Static(i) => &i.attrs,
        syn::Item::Struct(i) => &i.attrs,
        syn::Item::Trait(i) => &i.attrs,
        syn::Item::TraitAlias(i) => &i.attrs,
        syn::Item::Type(i) => &i.attrs,
        syn::Item::Union(i) => &i.attrs,
        syn::Item::Use(i) => &i.attrs,
        _ => &[],
    }
}

/// The last word of an expression: `hooks` of `&self.hooks`.
fn last_word(expression: &syn::Expr) -> Option<String> {
    match expression {
        syn::Expr::Path(path) => path.path.segments.last().map(|s| s.ident.to_string()),
        syn::Expr::Field(field) => match &field.member {
            syn::Member::Named(name) => Some(name.to_string()),
            syn::Member::Unnamed(_) => None,
        },
        syn::Expr::Reference(inner) => last_word(&inner.expr),
        syn::Expr::Paren(inner) => last_word(&inner.expr),
        syn::Expr::Unary(inner) => last_word(&inner.expr),
        _ => None,
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if let syn::Item::Mod(module) = item
            && module.content.is_none()
        {
            let path = module.attrs.iter().find_map(|a| match &a.meta {
                syn::Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
                    syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(path), .. }) => Some(path.value()),
                    _ => None,
                },
                _ => None,
            });
            let tests_only = tests_only(&module.attrs);
            self.module.children.push(Child { name: module.ident.to_string(), path, tests_only });
            return;
        }
        if tests_only(attributes_of(item)) {
            return;
        }
        self.item_name(item);
        self.item_explained(item);
        visit::visit_item(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let Some((_, items)) = &item.content else { return };
        let outer = std::mem::take(&mut self.module);
        for item in items {
            self.visit_item(item);
        }
        let inner = std::mem::replace(&mut self.module, outer);
        self.module.inline.push((item.ident.to_string(), inner));
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let passed_on = !matches!(item.vis, syn::Visibility::Inherited);
        let root = if item.leading_colon.is_some() { vec![String::new()] } else { Vec::new() };
        self.import(&item.tree, &root, passed_on);
    }

    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {
        // `pub(super)` says who may see, and uses nothing.
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.mention(written(path), line_of(path));
        visit::visit_path(self, path);
    }

    fn visit_expr_path(&mut self, expression: &'ast syn::ExprPath) {
        let before = self.module.mentions.len();
        visit::visit_expr_path(self, expression);
        if expression.path.segments.len() == 1
            && let Some(mention) = self.module.mentions.get_mut(before)
        {
            mention.bare = true;
        }
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let mut path = written(&call.path);
        mark_macro(&mut path);
        let line = line_of(&call.path);
        self.mention(path, line);
        self.tokens(&call.tokens);
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if let syn::Meta::List(list) = &attribute.meta
            && !["expect", "cfg", "cfg_attr", "doc"].iter().any(|name| list.path.is_ident(name))
        {
            self.tokens(&list.tokens);
        }
    }

    fn visit_impl_item(&mut self, item: &'ast syn::ImplItem) {
        let attributes = match item {
            syn::ImplItem::Fn(i) => &i.attrs,
            syn::ImplItem::Const(i) => &i.attrs,
            syn::ImplItem::Type(i) => &i.attrs,
            syn::ImplItem::Macro(i) => &i.attrs,
            _ => return,
        };
        if !tests_only(attributes) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_field(&mut self, field: &'ast syn::Field) {
        if tests_only(&field.attrs) {
            return;
        }
        if let Some(name) = &field.ident {
            self.typed(&name.to_string(), &field.ty);
        }
        visit::visit_field(self, field);
    }

    fn visit_variant(&mut self, variant: &'ast syn::Variant) {
        if !tests_only(&variant.attrs) {
            visit::visit_variant(self, variant);
        }
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        if !tests_only(&arm.attrs) {
            visit::visit_arm(self, arm);
        }
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        if tests_only(&local.attrs) {
            return;
        }
        if let syn::Pat::Ident(name) = &local.pat
            && let Some(init) = &local.init
            && let syn::Expr::Call(call) = &*init.expr
            && let syn::Expr::Path(function) = &*call.func
        {
            let mut path = written(&function.path);
            path.pop();
            self.module.typed.push((name.ident.to_string(), path));
        }
        visit::visit_local(self, local);
    }

    fn visit_pat_type(&mut self, pattern: &'ast syn::PatType) {
        if let syn::Pat::Ident(name) = &*pattern.pat {
            self.typed(&name.ident.to_string(), &pattern.ty);
        }
        visit::visit_pat_type(self, pattern);
    }

    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        if let Some(word) = &signature.asyncness {
            self.keyword("async fn", word.span.start().line);
        }
        visit::visit_signature(self, signature);
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        let to = function.block.brace_token.span.close().start().line;
        self.function(&function.sig.ident, function.sig.fn_token.span.start().line, to);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.explained(&function.vis, &function.attrs, &function.sig.ident);
        let to = function.block.brace_token.span.close().start().line;
        self.function(&function.sig.ident, function.sig.fn_token.span.start().line, to);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        self.keyword("static", item.static_token.span.start().line);
        visit::visit_item_static(self, item);
    }

    fn visit_expr_await(&mut self, expression: &'ast syn::ExprAwait) {
        self.keyword(".await", expression.await_token.span.start().line);
        visit::visit_expr_await(self, expression);
    }

    fn visit_expr_async(&mut self, expression: &'ast syn::ExprAsync) {
        self.keyword("async", expression.async_token.span.start().line);
        visit::visit_expr_async(self, expression);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let at = At { name: call.method.to_string(), line: call.method.span().start().line };
        self.module.methods.push((last_word(&call.receiver).unwrap_or_default(), at));
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_for_loop(&mut self, expression: &'ast syn::ExprForLoop) {
        if let Some(name) = last_word(&expression.expr) {
            self.module.loops.push(At { name, line: expression.for_token.span.start().line });
        }
        visit::visit_expr_for_loop(self, expression);
    }
}
