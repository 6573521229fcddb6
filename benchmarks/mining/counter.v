// An arithmetic unit with a register, small enough that its synthesis takes a second.
module counter(input clk, input rst, input [7:0] a, input [7:0] b, output reg [15:0] q, output [7:0] s);
  wire [8:0] sum = a + b;
  assign s = sum[8] ? ~sum[7:0] : sum[7:0] ^ b;
  always @(posedge clk) if (rst) q <= 0; else q <= q + {sum[7:0], s} * (a[0] ? 3 : 1);
endmodule
