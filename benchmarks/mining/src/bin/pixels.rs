//! The crate image: resizing, blur, rotation, QOI, GIF, BMP, PNM; ndarray; ruzstd unpacks.
use image::{imageops, DynamicImage, ImageFormat, Rgba, RgbaImage};
use ndarray::{s, Array1, Array2, Axis};
use std::io::{Cursor, Read};

fn main() {
    let picture = RgbaImage::from_fn(36, 30, |x, y| Rgba([(x * 7) as u8, (y * 5 ^ x) as u8, (x * y) as u8, 255 - (x as u8)]));
    let text = mining::text(4 << 10);
    let packed = ruzstd::encoding::compress_to_vec(text.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest);
    let mut total = 0.0;
    for _ in 0..mining::iterations() {
        let small = imageops::resize(&picture, 17, 23, imageops::FilterType::Lanczos3);
        let large = imageops::resize(&picture, 50, 40, imageops::FilterType::Triangle);
        let blurred = imageops::blur(&small, 1.2);
        let mut turned = imageops::rotate90(&imageops::huerotate(&blurred, 40));
        imageops::overlay(&mut turned, &small, 3, 2);
        imageops::colorops::brighten_in_place(&mut turned, 9);
        total += f64::from(turned.pixels().map(|p| u32::from(p[1])).sum::<u32>());
        for format in [ImageFormat::Qoi, ImageFormat::Bmp, ImageFormat::Gif] {
            let mut out = Cursor::new(Vec::new());
            let dynamic = if format == ImageFormat::Gif { DynamicImage::ImageRgba8(turned.clone()) } else { DynamicImage::ImageRgba8(large.clone()) };
            dynamic.write_to(&mut out, format).unwrap();
            let again = image::load_from_memory_with_format(out.get_ref(), format).unwrap();
            total += out.get_ref().len() as f64 + f64::from(again.to_luma8()[(3, 4)][0]);
        }
        let a = Array2::from_shape_fn((24, 20), |(i, j)| (i * 3 + j) as f32 * 0.1);
        let b = Array2::from_shape_fn((20, 18), |(i, j)| (i as f32 - j as f32) * 0.5);
        let c = a.dot(&b);
        let means: Array1<f32> = c.mean_axis(Axis(0)).unwrap();
        let centred = (&c - &means).mapv(|x| x.abs().sqrt());
        total += f64::from(centred.sum() + centred.slice(s![2..20;3, ..]).iter().fold(0.0f32, |m, x| m.max(*x)) + c.t().diag().sum());
        let mut back = String::new();
        ruzstd::decoding::StreamingDecoder::new(&packed[..]).unwrap().read_to_string(&mut back).unwrap();
        assert!(back == text);
        total += packed.len() as f64;
    }
    println!("{total:.3}");
}
