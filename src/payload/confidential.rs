//! Texts that must not be printed.

use alloc::string::String;
use core::fmt;

/// A text that `Debug` does not print, such as a password.
#[derive(Clone, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(transparent)]
pub struct Confidential(String);

impl Confidential {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Confidential {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for Confidential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Confidential(..)")
    }
}
