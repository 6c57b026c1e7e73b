//! Charts in SVG, on white so that they are readable on any page.

use std::path::Path;

use plotters::{
    coord::Shift,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

use crate::{
    compare::{Cell, Row, index},
    machine::Machine,
    scaling::{Cores, Growth},
    tables::{grouped, precise},
};

type Failure = Box<dyn std::error::Error>;
type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

const INK: RGBColor = RGBColor(31, 35, 40);
const FAINT: RGBColor = RGBColor(208, 215, 222);
const OURS: RGBColor = RGBColor(9, 105, 218);
const OURS_LIGHT: RGBColor = RGBColor(128, 189, 255);
const OTHERS: RGBColor = RGBColor(110, 119, 129);
const OTHERS_LIGHT: RGBColor = RGBColor(175, 184, 193);

fn text(size: u32) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&INK)
}

fn anchored(size: u32, horizontal: HPos) -> TextStyle<'static> {
    text(size).pos(Pos::new(horizontal, VPos::Center))
}

/// The operations in the chart of peers, each with two colours: ours, and the others'.
const SHOWN: [(&str, &str, RGBColor, RGBColor); 2] = [
    ("headers only", "headers only", OURS_LIGHT, OTHERS_LIGHT),
    ("358 B", "with the digest of 358 bytes", OURS, OTHERS),
];

/// Draws the time of each contestant in multiples of the floor, on a logarithmic scale.
pub fn peers(path: &Path, rows: &[Row], machine: &Machine) -> Result<(), Failure> {
    const LEFT: i32 = 330;
    const TOP: i32 = 92;
    const BAR: i32 = 15;
    const WIDTH: i32 = 900;
    let line = BAR * SHOWN.len() as i32 + 12;
    let height = TOP + line * rows.len() as i32 + 44;
    let root = SVGBackend::new(path, (WIDTH as u32, height as u32)).into_drawing_area();
    root.fill(&WHITE)?;
    root.draw_text(
        "Time to verify a delivery, in multiples of its SHA-256 compressions",
        &text(20),
        (20, 14),
    )?;
    root.draw_text(
        &format!("{}; medians of one run; less is better", machine.summary()),
        &text(13),
        (20, 42),
    )?;

    let shown = SHOWN.map(|(operation, ..)| index(operation));
    let cells = rows.iter().flat_map(|row| shown.map(|at| row.cells[at].as_ref())).flatten();
    let largest = cells.map(Cell::ratio).fold(2.0, f64::max);
    let doublings = largest.log2().ceil();
    let x = |ratio: f64| {
        LEFT + (ratio.max(1.0).log2() / doublings * f64::from(WIDTH - LEFT - 70)) as i32
    };
    legend(&root, LEFT)?;
    for doubling in 0..=doublings as i32 {
        let at = x(f64::from(1 << doubling));
        root.draw(&PathElement::new([(at, TOP - 6), (at, height - 36)], FAINT))?;
        let label =
            if doubling == 0 { "the floor".to_owned() } else { format!("{} times", 1 << doubling) };
        root.draw_text(&label, &anchored(12, HPos::Center), (at, height - 22))?;
    }
    for (number, row) in rows.iter().enumerate() {
        let top = TOP + line * number as i32;
        root.draw_text(&row.title, &anchored(13, HPos::Right), (LEFT - 10, top + line / 2 - 6))?;
        for (bar, (operation, _, ours, others)) in SHOWN.into_iter().enumerate() {
            let Some(cell) = &row.cells[index(operation)] else { continue };
            let (top, ratio) = (top + BAR * bar as i32, cell.ratio());
            let colour = if row.entrant.is_hooksig() { ours } else { others };
            root.draw(&Rectangle::new([(LEFT, top), (x(ratio), top + BAR - 2)], colour.filled()))?;
            root.draw_text(
                &precise(ratio),
                &anchored(12, HPos::Left),
                (x(ratio) + 5, top + BAR / 2),
            )?;
        }
    }
    root.present()?;
    Ok(())
}

fn legend(root: &Area<'_>, left: i32) -> Result<(), Failure> {
    let mut at = left;
    for (_, title, ours, others) in SHOWN {
        root.draw(&Rectangle::new([(at, 66), (at + 12, 78)], ours.filled()))?;
        root.draw(&Rectangle::new([(at + 15, 66), (at + 27, 78)], others.filled()))?;
        root.draw_text(title, &anchored(13, HPos::Left), (at + 34, 73))?;
        at += 170;
    }
    Ok(())
}

/// Draws how the cost of a verification grows, and how the rate grows with cores.
pub fn scaling(
    path: &Path,
    growth: &[Growth],
    cores: &[Cores],
    machine: &Machine,
) -> Result<(), Failure> {
    let root = SVGBackend::new(path, (960, 640)).into_drawing_area();
    root.fill(&WHITE)?;
    root.draw_text(
        "hooksig: cost of a verification by size, and deliveries by cores",
        &text(20),
        (20, 14),
    )?;
    root.draw_text(
        &format!(
            "{}; medians, of cores the best; both scales logarithmic, a dashed line is proportional",
            machine.summary()
        ),
        &text(13),
        (20, 42),
    )?;
    let panels = root.margin(66, 10, 10, 10).split_evenly((2, 3));
    for (panel, growth) in panels.iter().zip(growth) {
        line(panel, growth)?;
    }
    bars(&panels[growth.len()], cores)?;
    root.present()?;
    Ok(())
}

fn line(panel: &Area<'_>, growth: &Growth) -> Result<(), Failure> {
    let points: Vec<_> = growth.points.iter().map(|&(size, time)| (size as f64, time)).collect();
    let (first, last) = (points[0], points[points.len() - 1]);
    // A proportional cost, through the last point.
    let proportional = [(first.0, last.1 * first.0 / last.0), last];
    let bottom = first.1.min(proportional[0].1) / 1.5;
    let mut chart = ChartBuilder::on(panel)
        .caption(format!("{}: ns", growth.of), text(15))
        .margin(8)
        .x_label_area_size(28)
        .y_label_area_size(62)
        .build_cartesian_2d(
            (first.0 / 1.3..last.0 * 1.3).log_scale(),
            (bottom..last.1 * 1.5).log_scale(),
        )?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(WHITE)
        .bold_line_style(FAINT)
        .axis_style(INK)
        .label_style(text(11))
        .x_labels(4)
        .y_labels(5)
        .x_label_formatter(&|value| grouped(*value))
        .y_label_formatter(&|value| grouped(*value))
        .draw()?;
    chart.draw_series(DashedLineSeries::new(proportional, 4, 4, OTHERS.stroke_width(1)))?;
    chart.draw_series(LineSeries::new(points.clone(), OURS.stroke_width(2)))?;
    chart.draw_series(points.iter().map(|&point| Circle::new(point, 4, OURS.filled())))?;
    Ok(())
}

fn bars(panel: &Area<'_>, cores: &[Cores]) -> Result<(), Failure> {
    let most = cores.iter().map(|it| it.per_second).fold(0.0, f64::max);
    let mut chart = ChartBuilder::on(panel)
        .caption("one key, cores: deliveries a second", text(15))
        .margin(8)
        .x_label_area_size(28)
        .y_label_area_size(72)
        .build_cartesian_2d(0.0..cores.len() as f64, 0.0..most * 1.15)?;
    chart
        .configure_mesh()
        .disable_mesh()
        .axis_style(INK)
        .label_style(text(11))
        .x_labels(0)
        .y_labels(5)
        .y_label_formatter(&|value| grouped(*value))
        .draw()?;
    for (at, it) in cores.iter().enumerate() {
        let left = at as f64 + 0.2;
        let corners = [(left, 0.0), (left + 0.6, it.per_second)];
        chart.draw_series([Rectangle::new(corners, OURS.filled())])?;
        let (x, y) = chart.backend_coord(&(left + 0.3, it.per_second));
        let (left, top) = (panel.get_base_pixel().0, panel.get_base_pixel().1);
        let label = format!("{}: {}", it.count, grouped(it.per_second));
        panel.draw_text(&label, &anchored(12, HPos::Center), (x - left, y - top - 10))?;
    }
    Ok(())
}
