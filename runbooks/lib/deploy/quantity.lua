--- Kubernetes quantities: "250m", "1.5", "512Mi", "1G".
local quantity = {}

local FACTORS = {
  [""] = 1, m = 1e-3,
  k = 1e3, M = 1e6, G = 1e9, T = 1e12, P = 1e15, E = 1e18,
  Ki = 2 ^ 10, Mi = 2 ^ 20, Gi = 2 ^ 30, Ti = 2 ^ 40, Pi = 2 ^ 50, Ei = 2 ^ 60,
}

--- The number that a quantity stands for: cores, or bytes. A missing quantity is 0.
function quantity.parse(text)
  if text == nil then return 0 end
  local digits, suffix = tostring(text):match("^(%d+%.?%d*)(%a*)$")
  local factor = digits and FACTORS[suffix]
  if not factor then error(("%q is no Kubernetes quantity such as 250m or 512Mi"):format(tostring(text)), 2) end
  return tonumber(digits) * factor
end

--- Cores as a person reads them: "1.3 CPU".
function quantity.show_cpu(cores)
  return (("%.2f"):format(cores):gsub("%.?0+$", "")) .. " CPU"
end

--- Bytes as a person reads them: "640 MiB".
function quantity.show_memory(bytes)
  if bytes >= 2 ^ 30 and bytes % 2 ^ 30 == 0 then return ("%d GiB"):format(bytes // 2 ^ 30) end
  return ("%.0f MiB"):format(bytes / 2 ^ 20)
end

return quantity
