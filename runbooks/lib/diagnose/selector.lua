--- Label selectors: `matchLabels`, `matchExpressions` and the plain map of a Service.
local selector = {}

local operators = {
  In = function(value, values) return value ~= nil and values[value] == true end,
  NotIn = function(value, values) return value == nil or not values[value] end,
  Exists = function(value) return value ~= nil end,
  DoesNotExist = function(value) return value == nil end,
}

local function as_set(list)
  local set = {}
  for _, value in ipairs(list or {}) do set[value] = true end
  return set
end

--- Whether a selector asks for nothing, and so matches everything.
function selector.is_empty(value)
  return next(value.matchLabels or {}) == nil and #(value.matchExpressions or {}) == 0
end

--- Whether labels satisfy a LabelSelector (`matchLabels` and `matchExpressions` together).
function selector.matches(value, labels)
  labels = labels or {}
  for key, wanted in pairs(value.matchLabels or {}) do
    if labels[key] ~= wanted then return false end
  end
  for _, term in ipairs(value.matchExpressions or {}) do
    local test = operators[term.operator]
    if not test or not test(labels[term.key], as_set(term.values)) then return false end
  end
  return true
end

--- The selector as kubectl writes it: `app=web,tier in (a,b)`.
function selector.describe(value)
  local terms = {}
  for key, wanted in pairs(value.matchLabels or {}) do terms[#terms + 1] = key .. "=" .. wanted end
  table.sort(terms)
  for _, term in ipairs(value.matchExpressions or {}) do
    local listed = table.concat(term.values or {}, ",")
    terms[#terms + 1] = (listed == "" and "%s %s" or "%s %s (%s)"):format(term.key, term.operator, listed)
  end
  return #terms == 0 and "everything" or table.concat(terms, ",")
end

return selector
