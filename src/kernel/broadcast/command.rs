//! What may be asked of broadcasts.

use serde::{Deserialize, Serialize};

use crate::domain::{BroadcastId, ScopeRef};

/// One thing asked of broadcasts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command")]
pub enum Command {
    /// Name the targets of a broadcast; nothing is sent yet.
    #[serde(rename = "broadcast.open", alias = "open_broadcast")]
    Open {
        /// The recipients.
        scope: ScopeRef,
        /// Send to agents that have a dialog open too.
        #[serde(default)]
        include_dialogs: bool,
    },
    /// End a broadcast; the answer says what each target got.
    #[serde(rename = "broadcast.close", alias = "close_broadcast")]
    Close {
        /// The broadcast.
        broadcast: BroadcastId,
    },
}
