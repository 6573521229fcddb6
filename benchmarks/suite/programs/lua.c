// Lua 5.4 runs lua.lua. A program of its own: the C library of WASI has neither processes nor signals, which lua.c wants.
#include <stdio.h>
#include <stdlib.h>

#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"

static const char kProgram[] = {
#embed "lua.lua"
    , 0};

int main(int argc, char** argv) {
  lua_State* lua = luaL_newstate();
  luaL_requiref(lua, "_G", luaopen_base, 1);
  luaL_requiref(lua, LUA_TABLIBNAME, luaopen_table, 1);
  luaL_requiref(lua, LUA_STRLIBNAME, luaopen_string, 1);
  luaL_requiref(lua, LUA_MATHLIBNAME, luaopen_math, 1);
  lua_settop(lua, 0);
  if (luaL_loadstring(lua, kProgram) != LUA_OK) {
    fprintf(stderr, "%s\n", lua_tostring(lua, -1));
    return 1;
  }
  lua_pushinteger(lua, argc < 2 ? 1 : atoi(argv[1]));
  lua_call(lua, 1, 1);
  puts(lua_tostring(lua, -1));
  lua_close(lua);
}
