//! The event in the verified body, and in the unsigned field.

use hooksig::drone::Delivery;

use super::{Rule, prose};
use crate::{explain::Case, terminal::visible};

pub(super) fn examine(case: &Case<'_>) -> Rule {
    // A few suffice.
    let fields: Vec<_> = case.message.values("x-drone-event").take(8).map(visible).collect();
    let fields = match fields.as_slice() {
        [] => "there is no X-Drone-Event".into(),
        fields => format!("X-Drone-Event says {}", fields.join(", ")),
    };
    let (result, body) = match Delivery::read(&case.message.body) {
        Ok(delivery) => {
            (delivery.check_event_field(&case.message.request()), event_text(&delivery))
        }
        // A signature is valid for any body.
        Err(_) => (Ok(()), "the body is not Drone's JSON".into()),
    };
    Rule::judged("event", case, result, [prose(format!("{body}; {fields}"))])
}

fn event_text(delivery: &Delivery<'_>) -> String {
    let event = delivery.event().map(|event| visible(event.as_str()));
    let action = delivery.action().map(|action| visible(action.as_str()));
    match (event, action) {
        (Some(event), Some(action)) => format!("the body says {event}:{action}"),
        (Some(event), None) => format!("the body says {event}, without an action"),
        (None, _) => "the body has no event".into(),
    }
}
