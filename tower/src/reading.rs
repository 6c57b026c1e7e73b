//! Reads the body of a request, or drains the rest of a refused one.

use std::{error::Error, pin::Pin, time::Duration};

use bytes::{Buf, BufMut, Bytes, BytesMut};
use http::{Version, header, request::Parts};
use http_body::Body;
use http_body_util::{BodyExt, LengthLimitError};
use tokio::time;

use crate::Refusal;

/// Most bytes of a refused body that are read and discarded.
///
/// A sender that is cut off while sending may never see the answer, and a Drone server then drops
/// the delivery for the endpoints after this one.
pub const DRAIN_BYTES: usize = 8 << 20;

/// Longest time that the rest of a refused body is read.
pub const DRAIN_TIME: Duration = Duration::from_secs(5);

/// An error of any body.
pub(crate) type BoxError = Box<dyn Error + Send + Sync>;

/// The body of a request while it is read.
pub(crate) struct Reading<'b, B> {
    body: Pin<&'b mut B>,
    /// The sender waits for `100 Continue`, which the server sends when the body is first polled.
    waits: bool,
    ended: bool,
    /// [`Body::is_end_stream`] tells whether an HTTP/2 stream was ended or reset.
    tells_reset: bool,
}

impl<'b, B> Reading<'b, B>
where
    B: Body<Error: Into<BoxError>>,
{
    pub(crate) fn new(head: &Parts, body: Pin<&'b mut B>, hides_reset: bool) -> Self {
        Self {
            body,
            waits: head.headers.contains_key(header::EXPECT) && head.version != Version::HTTP_10,
            ended: false,
            tells_reset: head.version == Version::HTTP_2 && !hides_reset,
        }
    }

    /// Returns the whole body of at most `max` bytes, and shows each chunk as it arrives.
    pub(crate) async fn collect(
        &mut self,
        max: usize,
        mut show: impl FnMut(&[u8]),
    ) -> Result<Bytes, Refusal> {
        let announced = usize::try_from(self.body.size_hint().lower()).ok();
        let capacity = announced.filter(|&bytes| bytes <= max).ok_or(Refusal::BodyTooLarge)?;
        let mut whole = BytesMut::with_capacity(capacity);
        while let Some(mut data) = self.data().await? {
            if data.remaining() > max - whole.len() {
                return Err(Refusal::BodyTooLarge);
            }
            let start = whole.len();
            whole.put(&mut data);
            show(&whole[start..]);
        }
        // hyper ends the body of a stream that was reset with CANCEL or NO_ERROR like a complete one.
        if self.tells_reset && !self.body.is_end_stream() {
            return Err(Refusal::BodyUnreadable);
        }
        Ok(whole.freeze())
    }

    /// Discards the rest of the body, within [`DRAIN_BYTES`] and [`DRAIN_TIME`]. Does not request
    /// the body of a sender that still waits for `100 Continue`.
    pub(crate) async fn drain(&mut self) {
        if self.waits || self.ended {
            return;
        }
        let discard = async {
            let mut read = 0;
            while let Ok(Some(data)) = self.data().await {
                read += data.remaining();
                if read > DRAIN_BYTES {
                    return;
                }
            }
        };
        // The answer is sent in any case.
        let _ = time::timeout(DRAIN_TIME, discard).await;
    }

    /// Returns the next chunk, or `None` at the end. Trailers are skipped.
    async fn data(&mut self) -> Result<Option<B::Data>, Refusal> {
        self.waits = false;
        loop {
            match self.body.frame().await {
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        return Ok(Some(data));
                    }
                }
                Some(Err(error)) => {
                    self.ended = true;
                    return Err(refusal_of(&*error.into()));
                }
                None => {
                    self.ended = true;
                    return Ok(None);
                }
            }
        }
    }
}

/// A limit in front of the layer fails the body if a chunked one turns out too long.
fn refusal_of(error: &(dyn Error + 'static)) -> Refusal {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return Refusal::BodyTooLarge;
        }
        cause = error.source();
    }
    Refusal::BodyUnreadable
}
