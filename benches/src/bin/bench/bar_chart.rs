//! A chart of horizontal bars in SVG, without a background, in colours that suit light and dark pages.
//!
//! Its text scales with its width, and is readable on a phone.

use std::fmt::Write;

/// Readable on white and on near black.
const INK: &str = "#737c87";
const OURS: &str = "#2f81f7";
const OTHERS: &str = "#8b949e";

const WIDTH: f64 = 480.0;
/// Space for the value after the longest bar.
const RIGHT: f64 = 56.0;
/// Height of the lines above the bars, of a bar with its title, and of the axis.
const TOP: f64 = 64.0;
const STEP: f64 = 44.0;
const AXIS: f64 = 52.0;

pub struct Bar {
    pub title: String,
    pub value: f64,
    pub is_ours: bool,
}

/// Draws the bars from the shortest to the longest on a linear scale.
pub fn draw(title: &str, subtitle: &str, axis: &str, mut bars: Vec<Bar>) -> String {
    bars.sort_by(|one, other| one.value.total_cmp(&other.value));
    let longest = bars.iter().map(|bar| bar.value).fold(1.0, f64::max);
    let x = |value: f64| value / longest * (WIDTH - RIGHT);
    let bottom = TOP + STEP * bars.len() as f64;
    let height = bottom + AXIS;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"600\" viewBox=\"0 0 {WIDTH} {height}\" \
         role=\"img\" font-family=\"sans-serif\" font-size=\"15\" fill=\"{INK}\">\n"
    );
    // Writing to a string cannot fail.
    let _ = writeln!(
        svg,
        "<text y=\"18\" font-size=\"17\" font-weight=\"bold\">{}</text>",
        escaped(title)
    );
    let _ = writeln!(svg, "<text y=\"42\" font-size=\"13\">{}</text>", escaped(subtitle));
    let step = if longest < 10.0 { 1 } else { 5 };
    for tick in (0..=longest as u32).step_by(step) {
        let at = x(f64::from(tick));
        let _ = writeln!(
            svg,
            "<path d=\"M{at:.1} {TOP}V{bottom}\" stroke=\"{INK}\" stroke-opacity=\"0.3\"/>"
        );
        let anchor = if tick == 0 { "start" } else { "middle" };
        let y = bottom + 18.0;
        let _ =
            writeln!(svg, "<text x=\"{at:.1}\" y=\"{y}\" text-anchor=\"{anchor}\">{tick}</text>");
    }
    let _ =
        writeln!(svg, "<text y=\"{}\" font-size=\"13\">{}</text>", bottom + 40.0, escaped(axis));
    for (number, bar) in bars.iter().enumerate() {
        let top = TOP + STEP * number as f64;
        let (colour, weight) = if bar.is_ours { (OURS, "bold") } else { (OTHERS, "normal") };
        let (title, y) = (escaped(&bar.title), top + 18.0);
        let _ = writeln!(svg, "<text y=\"{y}\" font-weight=\"{weight}\">{title}</text>");
        let (y, length) = (top + 24.0, x(bar.value));
        let _ = writeln!(
            svg,
            "<rect y=\"{y}\" width=\"{length:.1}\" height=\"14\" fill=\"{colour}\"/>"
        );
        let (after, y, value) = (length + 6.0, top + 36.0, bar.value);
        let _ = writeln!(
            svg,
            "<text x=\"{after:.1}\" y=\"{y}\" font-weight=\"{weight}\">{value:.1}</text>"
        );
    }
    svg.push_str("</svg>\n");
    svg
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
