// libwebp and mozjpeg write a picture, with and without losses, and read it.
#include <stddef.h>
#include <stdio.h>

#include <jpeglib.h>

#include "mining.h"
#include "src/webp/decode.h"
#include "src/webp/encode.h"

enum { kW = 48, kH = 40 };

static double Jpeg(uint8_t* pixels, int quality, boolean progressive) {
  struct jpeg_compress_struct writer;
  struct jpeg_decompress_struct reader;
  struct jpeg_error_mgr errors;
  unsigned char* out = NULL;
  unsigned long size = 0;
  writer.err = reader.err = jpeg_std_error(&errors);
  jpeg_create_compress(&writer);
  jpeg_mem_dest(&writer, &out, &size);
  writer.image_width = kW, writer.image_height = kH, writer.input_components = 3, writer.in_color_space = JCS_RGB;
  jpeg_c_set_int_param(&writer, JINT_COMPRESS_PROFILE, progressive ? JCP_MAX_COMPRESSION : JCP_FASTEST);
  jpeg_set_defaults(&writer);
  jpeg_set_quality(&writer, quality, TRUE);
  jpeg_start_compress(&writer, TRUE);
  while (writer.next_scanline < kH) {
    JSAMPROW row = pixels + writer.next_scanline * kW * 3;
    jpeg_write_scanlines(&writer, &row, 1);
  }
  jpeg_finish_compress(&writer);
  jpeg_destroy_compress(&writer);
  jpeg_create_decompress(&reader);
  jpeg_mem_src(&reader, out, size);
  jpeg_read_header(&reader, TRUE);
  jpeg_start_decompress(&reader);
  double sum = size;
  static uint8_t line[kW * 3];
  while (reader.output_scanline < kH) {
    JSAMPROW row = line;
    jpeg_read_scanlines(&reader, &row, 1);
    sum += line[7];
  }
  jpeg_finish_decompress(&reader);
  jpeg_destroy_decompress(&reader);
  free(out);
  return sum;
}

static double Webp(uint8_t* pixels, float quality, int lossless) {
  uint8_t* out = NULL;
  size_t size = lossless ? WebPEncodeLosslessRGB(pixels, kW, kH, kW * 3, &out) : WebPEncodeRGB(pixels, kW, kH, kW * 3, quality, &out);
  int w, h;
  uint8_t* again = WebPDecodeRGBA(out, size, &w, &h);
  if (again == NULL) return -1;
  double sum = size + again[4 * kW * 9 + 21];
  WebPFree(out), WebPFree(again);
  return sum;
}

static double Once(void) {
  static uint8_t pixels[kW * kH * 3];
  for (int y = 0; y < kH; y++)
    for (int x = 0; x < kW; x++) {
      uint8_t* p = pixels + (y * kW + x) * 3;
      int inside = (x - 20) * (x - 20) + (y - 18) * (y - 18) < 150;
      p[0] = x * 5 + (Number() & 7), p[1] = inside ? 200 - y : y * 6, p[2] = inside ? x * y / 4 : 40;
    }
  return Jpeg(pixels, 80, FALSE) + Jpeg(pixels, 60, TRUE) + Webp(pixels, 75, 0) + Webp(pixels, 0, 1);
}

int main(int argc, char** argv) { return Iterate(argc, argv, Once); }
