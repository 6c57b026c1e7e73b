//! Charts in SVG, in colours that suit light and dark pages.

use std::{fs, path::Path};

use plotters::{
    coord::Shift,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

use crate::{
    bar_chart::{self, Bar},
    compare::{Row, cell, index},
    machine::Machine,
    scaling::{Cores, Growth},
    signing::Batch,
    tables::{SIGN, grouped, title_of},
};

type Failure = Box<dyn std::error::Error>;
type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

const INK: RGBColor = RGBColor(115, 124, 135);
const FAINT: RGBAColor = RGBAColor(115, 124, 135, 0.3);
const OURS: RGBColor = RGBColor(47, 129, 247);
const OTHERS: RGBColor = RGBColor(139, 148, 158);

fn text(size: u32) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&INK)
}

fn anchored(size: u32, horizontal: HPos) -> TextStyle<'static> {
    text(size).pos(Pos::new(horizontal, VPos::Center))
}

/// Draws the time of each contestant for a delivery, in multiples of the floor.
pub fn peers(path: &Path, rows: &[Row], machine: &Machine) -> Result<(), Failure> {
    let delivery = index("358 B");
    let bar = |row: &Row| {
        let value = row.cells[delivery].as_ref()?.ratio();
        Some(Bar { title: row.title.clone(), value, is_ours: row.entrant.is_hooksig() })
    };
    let chart = bar_chart::draw(
        "Time to verify a delivery of 358 bytes",
        &format!("{}; less is better", machine.summary()),
        "times the SHA-256 compressions of the delivery alone",
        rows.iter().filter_map(bar).collect(),
    );
    Ok(fs::write(path, chart)?)
}

/// Draws the signatures a second on one core, in millions.
pub fn signing(
    path: &Path,
    rows: &[Row],
    batches: &[Batch],
    machine: &Machine,
) -> Result<(), Failure> {
    let bar = |title: String, time: f64, is_ours: bool| Bar { title, value: 1e3 / time, is_ours };
    let of_row =
        |row: &Row| Some(bar(row.title.clone(), cell(row, SIGN)?.time(), row.entrant.is_hooksig()));
    let of_batch = |batch: &Batch| bar(title_of(batch), batch.time, true);
    let chart = bar_chart::draw(
        "Deliveries of 358 bytes signed on one core",
        &format!("{}; more is better", machine.summary()),
        "millions a second",
        rows.iter().filter_map(of_row).chain(batches.iter().map(of_batch)).collect(),
    );
    Ok(fs::write(path, chart)?)
}

/// Draws how the cost of a verification grows, and how the rate grows with cores.
pub fn scaling(
    path: &Path,
    growth: &[Growth],
    cores: &[Cores],
    machine: &Machine,
) -> Result<(), Failure> {
    // Narrow, so that its text stays readable on a phone.
    let root = SVGBackend::new(path, (480, 820)).into_drawing_area();
    root.draw_text("Cost of a verification by size", &text(21), (0, 4))?;
    root.draw_text(&machine.summary(), &text(16), (0, 34))?;
    let scales = "both scales logarithmic; a dashed line is proportional";
    root.draw_text(scales, &text(16), (0, 56))?;
    let panels = root.margin(84, 0, 0, 0).split_evenly((3, 2));
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
        .caption(format!("{}: ns", growth.of), text(17))
        .margin(6)
        .margin_right(24)
        .x_label_area_size(28)
        .y_label_area_size(60)
        .build_cartesian_2d(
            (first.0 / 1.3..last.0 * 1.3).log_scale(),
            (bottom..last.1 * 1.5).log_scale(),
        )?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(FAINT)
        .axis_style(INK)
        .label_style(text(15))
        .x_labels(3)
        .y_labels(5)
        .x_label_formatter(&|value| short(*value))
        .y_label_formatter(&|value| grouped(*value))
        .draw()?;
    chart.draw_series(DashedLineSeries::new(proportional, 4, 4, OTHERS.stroke_width(1)))?;
    chart.draw_series(LineSeries::new(points.clone(), OURS.stroke_width(2)))?;
    chart.draw_series(points.iter().map(|&point| Circle::new(point, 4, OURS.filled())))?;
    Ok(())
}

/// Formats a size so that four fit below a panel.
fn short(value: f64) -> String {
    match value {
        1e6.. => format!("{} M", grouped(value / 1e6)),
        1e4.. => format!("{} k", grouped(value / 1e3)),
        _ => grouped(value),
    }
}

fn bars(panel: &Area<'_>, cores: &[Cores]) -> Result<(), Failure> {
    let most = cores.iter().map(|it| it.per_second).fold(0.0, f64::max);
    let mut chart = ChartBuilder::on(panel)
        .caption("cores: deliveries a second", text(17))
        .margin(6)
        .x_label_area_size(28)
        .y_label_area_size(0)
        .build_cartesian_2d(0.0..cores.len() as f64, 0.0..most * 1.15)?;
    chart.configure_mesh().disable_mesh().axis_style(INK).x_labels(0).y_labels(0).draw()?;
    for (at, it) in cores.iter().enumerate() {
        let left = at as f64 + 0.2;
        let corners = [(left, 0.0), (left + 0.6, it.per_second)];
        chart.draw_series([Rectangle::new(corners, OURS.filled())])?;
        let (x, y) = chart.backend_coord(&(left + 0.3, it.per_second));
        let (left, top) = (panel.get_base_pixel().0, panel.get_base_pixel().1);
        let label = format!("{}: {}", it.count, grouped(it.per_second));
        panel.draw_text(&label, &anchored(15, HPos::Center), (x - left, y - top - 10))?;
    }
    Ok(())
}
