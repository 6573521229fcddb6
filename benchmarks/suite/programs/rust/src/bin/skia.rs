//! The crate tiny-skia paints curves, strokes and gradients with anti-aliasing on 256 x 256 pixels.
use tiny_skia::*;

fn paint(pixels: &mut Pixmap) {
    pixels.fill(Color::WHITE);
    let mut paint = Paint { anti_alias: true, ..Default::default() };
    for i in 0..12 {
        let at = i as f32 * 16.0;
        let mut path = PathBuilder::new();
        path.move_to(10.0 + at, 20.0);
        path.cubic_to(200.0 - at, 40.0 + at, at, 120.0, 240.0 - at, 230.0);
        path.quad_to(128.0, at, 30.0, 200.0 - at);
        path.close();
        let path = path.finish().unwrap();
        paint.set_color_rgba8(20 * i, 255 - 20 * i, 80 + i, 120);
        pixels.fill_path(&path, &paint, FillRule::EvenOdd, Transform::identity(), None);
        let stroke = Stroke { width: 1.0 + i as f32 / 4.0, ..Default::default() };
        pixels.stroke_path(&path, &paint, &stroke, Transform::from_rotate_at(at, 128.0, 128.0), None);
    }
    paint.shader = LinearGradient::new(
        Point::from_xy(0.0, 0.0),
        Point::from_xy(256.0, 256.0),
        vec![GradientStop::new(0.0, Color::BLACK), GradientStop::new(1.0, Color::TRANSPARENT)],
        SpreadMode::Pad,
        Transform::identity(),
    )
    .unwrap();
    pixels.fill_rect(Rect::from_xywh(40.0, 40.0, 160.0, 160.0).unwrap(), &paint, Transform::identity(), None);
}

fn main() {
    let mut pixels = Pixmap::new(256, 256).unwrap();
    for _ in 0..programs::iterations() {
        paint(&mut pixels);
    }
    // A fraction of a grey level may depend on how a machine rounds: what is compared is the rough picture.
    let sum: u32 = pixels.data().chunks(1024).map(|row| row.iter().map(|byte| u32::from(*byte)).sum::<u32>() >> 6).sum();
    println!("{sum}");
}
