local rotation = require "deploy.rotation"

describe("what reads a Secret", function()
  local key = { valueFrom = { secretKeyRef = { name = "todo-secrets", key = "A" } } }

  it("does so by a variable, by all of them, or by a volume", function()
    for _, spec in ipairs {
      { containers = { { env = { { name = "B", value = "1" }, key } } } },
      { containers = { {} }, initContainers = { { env = { key } } } },
      { containers = { { envFrom = { { secretRef = { name = "todo-secrets" } } } } } },
      { containers = { {} }, volumes = { { secret = { secretName = "todo-secrets" } } } },
      { containers = { {} }, volumes = { { projected = { sources = { { secret = { name = "todo-secrets" } } } } } } },
    } do
      expect(rotation.reads(spec, "todo-secrets")).to_equal(true)
    end
  end)

  it("is not what reads another one, or a ConfigMap of that name", function()
    for _, spec in ipairs {
      { containers = { { env = { { valueFrom = { secretKeyRef = { name = "other", key = "A" } } } } } } },
      { containers = { { envFrom = { { configMapRef = { name = "todo-secrets" } } } } } },
      { containers = { {} }, volumes = { { configMap = { name = "todo-secrets" } }, { emptyDir = {} } } },
    } do
      expect(rotation.reads(spec, "todo-secrets")).to_equal(false)
    end
  end)
end)

describe("the keys", function()
  it("come in the order of the alphabet", function()
    expect(table.concat(rotation.names { B = 1, A = 2, C = 3 }, " ")).to_equal("A B C")
  end)
end)
