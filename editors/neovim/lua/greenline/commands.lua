-- What :Greenline does. The work is the server's: docs/protocol.md has its commands.

local greenline = require('greenline')
local model_key = require('greenline.model_key')

local M = {}

local function here()
  return vim.uri_from_bufnr(0)
end

local function line()
  return vim.api.nvim_win_get_cursor(0)[1]
end

-- The cursor's column in code points from 0.
local function column()
  return vim.fn.strchars(vim.api.nvim_get_current_line():sub(1, vim.api.nvim_win_get_cursor(0)[2]))
end

-- A command of the server: its name, and what makes its argument.
local function ask(command, argument, take)
  return function(...)
    local client = greenline.client()
    if client then
      greenline.execute(client, command, argument and argument(...), take)
    end
  end
end

local function file()
  return { uri = here() }
end

-- The project of this file; where the server does not know it (help, a text that it opened), that of the workspace.
local function project()
  local clients = vim.lsp.get_clients({ name = 'greenline', bufnr = 0 })
  return #clients > 0 and { uri = here() } or nil
end

local function place()
  return { uri = here(), line = line() }
end

local function cursor()
  return { uri = here(), line = line(), column = column() }
end

-- The server has moved the cursor already (`window/showDocument`), or does so next.
local function say_gap(gap)
  if type(gap) == 'table' then
    vim.api.nvim_echo({ { ('Gap %d of %d: %s'):format(gap.number, gap.of, gap.message) } }, false, {})
  end
end

local function say_cancelled(answer)
  if not answer.cancelled then
    vim.notify('Greenline: nothing is running.')
  end
end

-- Shows Markdown in a window of its own, which `q` closes.
local function show(text)
  local buffer = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(text, '\n'))
  vim.bo[buffer].bufhidden = 'wipe'
  vim.bo[buffer].modifiable = false
  vim.cmd('botright sbuffer ' .. buffer)
  vim.bo[buffer].filetype = 'markdown'
  vim.keymap.set('n', 'q', '<Cmd>close<CR>', { buffer = buffer, nowait = true, desc = 'Close' })
end

local function show_status(answer)
  if type(answer.job) == 'string' then
    greenline.when_ended(answer.job, function(job)
      show(job.markdown or job.message)
    end)
  end
end

-- Shows everything of Greenline's, or nothing.
local function toggle()
  local signs = require('greenline.signs')
  signs.toggle()
  -- Each client has a namespace for what it was sent, and others for what it asked for.
  for id, namespace in pairs(vim.diagnostic.get_namespaces()) do
    if namespace.name:find('^n?vim%.lsp%.greenline%.') then
      vim.diagnostic.enable(signs.enabled, { ns_id = id })
    end
  end
end

local function files(lead)
  return vim.fn.getcompletion(lead, 'file')
end

M.commands = {
  generate = { ask('greenline.generateTest', place), 'Generate a test for the function under the cursor' },
  generate_file = { ask('greenline.generateTestsForFile', file), 'Generate tests for all of this file' },
  run = { ask('greenline.runTestsWithCoverage', project), 'Run all tests of the project with coverage' },
  affected = { ask('greenline.runAffectedTests', file), 'Run the tests that changes of this file affect' },
  run_file = { ask('greenline.runTestsOfFile', file), 'Run the tests of this file' },
  reaching = { ask('greenline.runCoveringTests', place), 'Run the tests that reach this line' },
  strength = { ask('greenline.measureStrength', place), 'Measure how strong the tests of this function are' },
  test = { ask('greenline.goToCoveringTest', place), 'Go to the test that reaches this line' },
  next = { ask('greenline.nextGap', cursor, say_gap), 'Go to the next gap' },
  prev = { ask('greenline.previousGap', cursor, say_gap), 'Go to the previous gap' },
  cancel = { ask('greenline.cancelJob', nil, say_cancelled), 'Cancel what Greenline is doing' },
  status = {
    ask('greenline.showReportStatus', function()
      return vim.tbl_extend('error', project() or {}, { show = false })
    end, show_status),
    'Show the interpreter, the tests and the coverage data that are used',
  },
  load = {
    ask('greenline.loadReport', function(path)
      return vim.tbl_extend('error', project() or {}, { path = vim.fn.fnamemodify(path or 'coverage.xml', ':p') })
    end),
    'Show this report and no other: `:Greenline load coverage.xml`',
    complete = files,
  },
  clear = { ask('greenline.clearCoverage', project), 'Show no coverage until there is new data' },
  report = { ask('greenline.showCoverageReport', project), 'Open a page about the coverage of the project' },
  trend = { ask('greenline.showCoverageTrend', project), 'Open a page about how that went' },
  record = { ask('greenline.recordCoverage', project), 'Record the coverage of this commit, for the trend' },
  audit = { ask('greenline.auditTests', project), 'Open a page about how good the tests of the project are' },
  install_pytest = { ask('greenline.installPytest', file), "Install pytest into the project's Python" },
  model_allow = { ask('greenline.model.allow', project), 'Say what a model would be sent of this project, and ask' },
  model_forbid = { ask('greenline.model.forbid', project), 'Send nothing of this project to a model any more' },
  model_show = { ask('greenline.model.show', place), 'Show what a model would be sent of the function under the cursor' },
  model_cost = { ask('greenline.model.cost'), 'Say what models cost today and this month' },
  model_key = { model_key.type, 'Type the key to models, which is kept until Neovim ends' },
  model_forget_key = { model_key.forget, 'Forget the key to models' },
  toggle = { toggle, 'Show signs and diagnostics, or hide them' },
  health = {
    function()
      vim.cmd.checkhealth('greenline')
    end,
    'Say what is there and what is missing',
  },
}

-- Runs `:Greenline name arguments...`.
function M.run(arguments)
  local command = M.commands[arguments[1]]
  if not command then
    local names = table.concat(M.names(), ', ')
    vim.notify(('There is no `:Greenline %s`. There are: %s.'):format(arguments[1], names), vim.log.levels.ERROR)
    return
  end
  command[1](unpack(arguments, 2))
end

function M.names()
  local names = vim.tbl_keys(M.commands)
  table.sort(names)
  return names
end

-- Completes the name, and then what the command takes; before it may stand others, as in `:silent Greenline`.
function M.complete(lead, line_so_far)
  local name = line_so_far:match('%f[%w]G%l*%s+(%S+)%s')
  if name then
    local command = M.commands[name]
    return command and command.complete and command.complete(lead) or {}
  end
  return vim.tbl_filter(function(known)
    return vim.startswith(known, lead)
  end, M.names())
end

return M
