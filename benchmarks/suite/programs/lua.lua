-- Each iteration: a permutation benchmark, words counted in a table, objects with methods, closures, string building.
local iterations = ...

local function fannkuch(n)
  local p, q, s, sign, flips, sum = {}, {}, {}, 1, 0, 0
  for i = 1, n do p[i] = i; q[i] = i; s[i] = i end
  while true do
    local q0 = p[1]
    if q0 ~= 1 then
      for i = 2, n do q[i] = p[i] end
      local count = 1
      while true do
        local qq = q[q0]
        if qq == 1 then
          sum = sum + sign * count
          if count > flips then flips = count end
          break
        end
        q[q0] = q0
        if q0 >= 4 then
          local i, j = 2, q0 - 1
          repeat q[i], q[j] = q[j], q[i]; i = i + 1; j = j - 1 until i >= j
        end
        q0 = qq; count = count + 1
      end
    end
    if sign == 1 then
      p[1], p[2] = p[2], p[1]; sign = -1
    else
      p[2], p[3] = p[3], p[2]; sign = 1
      for i = 3, n do
        local x = s[i]
        if x ~= 1 then s[i] = x - 1; break end
        if i == n then return sum, flips end
        s[i] = i
        local t = p[1]; for j = 1, i do p[j] = p[j + 1] end; p[i + 1] = t
      end
    end
  end
end

local Account = {}
Account.__index = Account
function Account.new(balance) return setmetatable({balance = balance}, Account) end
function Account:deposit(amount) self.balance = self.balance + amount; return self end

local function words(seed)
  local counts, text = {}, {}
  for i = 1, 2000 do
    seed = (seed * 1103515245 + 12345) % 2147483648
    text[i] = string.char(97 + seed % 7, 97 + seed // 7 % 5)
  end
  for word in table.concat(text, " "):gmatch("%a+") do counts[word] = (counts[word] or 0) + 1 end
  local names = {}
  for word in pairs(counts) do names[#names + 1] = word end
  table.sort(names, function(a, b) return counts[a] > counts[b] or counts[a] == counts[b] and a < b end)
  return names[1] .. counts[names[1]]
end

local result = ""
for i = 1, iterations do
  local sum, flips = fannkuch(7)
  local account = Account.new(i)
  for j = 1, 2000 do account:deposit(j % 3) end
  local total = 0
  for j = 1, 200 do
    local add = function(x) return x + j end
    total = add(total)
  end
  result = string.format("%d %d %d %d %s", sum, flips, account.balance, total, words(i))
end
return result
