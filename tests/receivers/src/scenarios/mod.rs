//! Attacks with more than a request and its answer.

pub(crate) mod cost;
pub(crate) mod genuine;
pub(crate) mod hang_ups;
mod heads;
pub(crate) mod idle;
pub(crate) mod log;
pub(crate) mod refused_posts;
pub(crate) mod startup;
pub(crate) mod unread_log;
pub(crate) mod window;

const SERVED: &str = "others are served";
