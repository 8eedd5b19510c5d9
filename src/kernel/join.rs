//! The two macros that join the parts' enums into one.
//!
//! A part keeps its commands, events, facts, timers, effects, replies and refusals in its own folder. Each joining enum
//! names a part in one line, and a part's value turns into the joined one by `From`.

/// Joins one enum a part into an enum; `also` adds variants that belong to no single part.
macro_rules! join {
    (
        $(#[$meta:meta])*
        $name:ident { $($(#[$doc:meta])* $part:ident($inner:ty),)+ }
        $(also { $($also:tt)* })?
    ) => {
        $(#[$meta])*
        pub enum $name {
            $($(#[$doc])* $part($inner),)+
            $($($also)*)?
        }

        $(impl From<$inner> for $name {
            fn from(of_part: $inner) -> $name {
                $name::$part(of_part)
            }
        })+
    };
}

/// Joins one enum a part into an enum that is one flat object in JSON. The field `tag` names the part and the variant,
/// such as `delivery.accepted`; a name without a part is one of the first format, which each part still reads.
macro_rules! join_flat {
    (
        $(#[$meta:meta])*
        $name:ident by $tag:literal { $($(#[$doc:meta])* $prefix:literal $part:ident($inner:ty),)+ }
    ) => {
        join! {
            $(#[$meta])*
            #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
            #[serde(untagged)]
            $name { $($(#[$doc])* $part($inner),)+ }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<$name, D::Error> {
                use serde::de::Error as _;
                let fields = serde_json::Map::deserialize(from)?;
                let named = fields.get($tag).and_then(serde_json::Value::as_str);
                let Some(named) = named.map(str::to_owned) else { return Err(D::Error::missing_field($tag)) };
                let value = serde_json::Value::Object(fields);
                match named.split_once('.').map(|(part, _)| part) {
                    $(Some($prefix) => <$inner>::deserialize(value).map($name::$part).map_err(D::Error::custom),)+
                    Some(_) => Err(D::Error::custom(format!("there is no {} `{named}`", $tag))),
                    None => {
                        let mut first = None;
                        $(match <$inner>::deserialize(&value) {
                            Ok(of_part) => return Ok($name::$part(of_part)),
                            // The part that knows the name says what is wrong with the rest.
                            Err(error) if !error.to_string().starts_with("unknown variant") => {
                                first.get_or_insert(error);
                            }
                            Err(_) => {}
                        })+
                        Err(first.map_or_else(
                            || D::Error::custom(format!("there is no {} `{named}`", $tag)),
                            D::Error::custom,
                        ))
                    }
                }
            }
        }
    };
}

pub(super) use {join, join_flat};
