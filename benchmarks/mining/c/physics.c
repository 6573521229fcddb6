// Chipmunk: boxes and balls fall onto slopes, a chain hangs.
#include <chipmunk/chipmunk.h>

#include "mining.h"

static double Once(void) {
  cpSpace* space = cpSpaceNew();
  cpSpaceSetGravity(space, cpv(0, -100));
  cpSpaceSetIterations(space, 6);
  cpBody* ground = cpSpaceGetStaticBody(space);
  for (int i = 0; i < 3; i++) {
    cpShape* slope = cpSpaceAddShape(space, cpSegmentShapeNew(ground, cpv(-60 + i * 30, 5 + i), cpv(-20 + i * 40, i * 3), 1));
    cpShapeSetFriction(slope, 0.8);
  }
  cpBody* bodies[24];
  for (int i = 0; i < 24; i++) {
    cpFloat size = 2 + i % 3;
    bodies[i] = cpSpaceAddBody(space, cpBodyNew(1 + i % 2, i % 2 ? cpMomentForCircle(1, 0, size, cpvzero) : cpMomentForBox(1, size, size)));
    cpBodySetPosition(bodies[i], cpv(i % 6 * 7 - 20 + (int)Number() % 3, 20 + i / 6 * 9));
    cpShape* shape = i % 2 ? cpCircleShapeNew(bodies[i], size / 2 + 1, cpvzero) : cpBoxShapeNew(bodies[i], size * 2, size * 1.5, 0.1);
    cpShapeSetFriction(cpSpaceAddShape(space, shape), 0.6);
    if (i % 6 > 3) cpSpaceAddConstraint(space, cpPinJointNew(bodies[i - 1], bodies[i], cpv(1, 0), cpv(-1, 0)));
  }
  for (int step = 0; step < 70; step++) cpSpaceStep(space, 1.0 / 60);
  double sum = 0;
  for (int i = 0; i < 24; i++) sum += cpBodyGetPosition(bodies[i]).x + cpBodyGetAngle(bodies[i]);
  return sum;
}

int main(int argc, char** argv) { return Iterate(argc, argv, Once); }
