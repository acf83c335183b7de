local quantity = require "quantity"
local requests = require "deploy.requests"

describe("quantities", function()
  it("reads what Kubernetes writes", function()
    expect(quantity.read("250m")).to_equal(0.25)
    expect(quantity.read("1.5")).to_equal(1.5)
    expect(quantity.read(2)).to_equal(2)
    expect(quantity.read("512Mi")).to_equal(512 * 1024 * 1024)
    expect(quantity.read("1G")).to_equal(1e9)
    expect(quantity.read(nil)).to_equal(0)
  end)

  it("refuses what is no quantity", function()
    for _, text in ipairs { "lots", "5Q", "", "-1" } do
      local good, message = pcall(quantity.read, text)
      expect(good).to_equal(false)
      expect(tostring(message)).to_contain(("%q is no Kubernetes quantity such as 250m or 512Mi"):format(text))
    end
  end)

  it("reads every notation that a server writes, and gives it back", function()
    local cases = { ["500m"] = 0.5, ["2"] = 2, ["24Mi"] = 25165824, ["1e3"] = 1000, ["1G"] = 1e9, ["1.5Gi"] = 1610612736 }
    for text, value in pairs(cases) do expect(quantity.parse(text)).to_equal(value) end
    expect(quantity.parse("lots")).to_be_nil()
    expect(quantity.format("memory", 25165824)).to_equal("24Mi")
    expect(quantity.format("cpu", 0.25)).to_equal("250m")
  end)

  it("writes them for people", function()
    expect(quantity.show_cpu(1.3)).to_equal("1.3 CPU")
    expect(quantity.show_cpu(10)).to_equal("10 CPU")
    expect(quantity.show_memory(640 * 2 ^ 20)).to_equal("640 MiB")
    expect(quantity.show_memory(2 ^ 31)).to_equal("2 GiB")
  end)
end)

local function container(cpu, memory)
  return { resources = { requests = { cpu = cpu, memory = memory } } }
end

describe("requests", function()
  it("adds up containers, and takes an init container only where it is larger", function()
    local cpu, memory = requests.of_pod {
      containers = { container("100m", "64Mi"), container("150m", "64Mi") },
      initContainers = { container("500m", "32Mi") },
    }
    expect(cpu).to_equal(0.5)
    expect(memory).to_equal(128 * 2 ^ 20)
  end)

  it("counts a container without requests as nothing", function()
    expect((requests.of_pod { containers = { {} } })).to_equal(0)
  end)

  it("leaves out pods that have ended", function()
    local function pod(phase)
      return { spec = { containers = { container("1", "1Gi") } }, status = { phase = phase } }
    end
    local total = requests.of_pods { pod "Running", pod "Pending", pod "Succeeded", pod "Failed" }
    expect(total.pods).to_equal(2)
    expect(total.cpu).to_equal(2)
  end)
end)
