-- :checkhealth greenline

local greenline = require('greenline')

local M = {}
local health = vim.health

-- Commands of the server that put right what it finds, as they are typed here.
local typed = {
  ['greenline.installPytest'] = ':Greenline install_pytest',
  ['greenline.runTestsWithCoverage'] = ':Greenline run',
  ['greenline.model.allow'] = ':Greenline model_allow',
}

-- Milliseconds to wait for a program or the server.
local patience = 20000

local function check_neovim()
  local version = vim.version()
  local words = ('Neovim %d.%d.%d'):format(version.major, version.minor, version.patch)
  if vim.fn.has('nvim-0.10') == 0 then
    health.error(words .. ' is too old', 'Greenline needs Neovim 0.10 or newer.')
  elseif vim.fn.has('nvim-0.11') == 0 then
    health.ok(words .. ": `require('greenline').setup()` starts the server")
  else
    health.ok(words .. ": `vim.lsp.enable('greenline')` starts the server")
  end
end

-- The program, and its version as it says itself. Returns whether it can be started.
local function check_server()
  local config = greenline.config()
  if not config then
    health.error('lsp/greenline.lua is not on the runtimepath', 'Copy it to ~/.config/nvim/lsp/greenline.lua.')
    return false
  end
  local cmd = config.cmd
  if type(cmd) == 'function' then
    health.info('The server is started, or connected to, by a function of yours')
    return true
  end
  if vim.fn.executable(cmd[1]) == 0 then
    health.error(('`%s` is not found'):format(cmd[1]), {
      'In a clone of Greenline: `uv tool install .` or `pipx install .`',
      'Where it is elsewhere: `cmd` in `vim.lsp.config()`, or in the options of `setup()`, names the program.',
    })
    return false
  end
  local ask = vim.list_slice(cmd)
  ask[vim.tbl_contains(ask, 'lsp') and #ask or #ask + 1] = '--version'
  local said = vim.system(ask, { text = true }):wait(patience)
  if said.code ~= 0 then
    local why = vim.trim(said.stderr or '')
    why = why ~= '' and why or ('It ended with %d, or not within %d seconds.'):format(said.code, patience / 1000)
    health.error(('`%s` fails'):format(table.concat(ask, ' ')), why)
    return false
  end
  health.ok(('%s (%s)'):format(vim.trim(said.stdout), vim.fn.exepath(cmd[1])))
  return true
end

local function check_clients(clients)
  for _, client in ipairs(clients) do
    local buffers = vim.tbl_count(client.attached_buffers)
    local root = client.root_dir or client.config.root_dir or 'no folder'
    health.ok(('attached to %d %s, in %s'):format(buffers, buffers == 1 and 'buffer' or 'buffers', root))
  end
  if #clients == 0 then
    health.warn('no server is attached', {
      "Say `vim.lsp.enable('greenline')` in init.lua (Neovim 0.10: `require('greenline').setup()`), and open a Python file.",
      'If one is open: the log may say more, `:lua vim.cmd.edit(vim.lsp.log.get_filename())`',
    })
  end
end

-- Whether a key to models was typed, where the server says anything of models: it does where these are switched on.
local function check_key(findings)
  local asks_models = vim.iter(findings):any(function(finding)
    return vim.startswith(finding.topic, 'model')
  end)
  if asks_models and require('greenline.model_key').is_kept() then
    health.ok('the key to models was typed, and is kept until Neovim ends')
  elseif asks_models then
    health.info('No key to models was typed: `:Greenline model_key`')
  end
end

-- What the server finds of a project, as `greenline doctor` does.
local function check_project(client)
  local ended
  greenline.execute(client, 'greenline.showReportStatus', {
    uri = vim.uri_from_fname(client.root_dir or client.config.root_dir or vim.fn.getcwd()),
    show = false,
  }, function(answer)
    greenline.when_ended(answer.job, function(job)
      ended = job
    end)
  end)
  vim.wait(patience, function()
    return ended ~= nil
  end)
  if not ended then
    health.warn('the server has not answered yet', 'Try again when it has nothing else to do.')
    return
  end
  local tell = { ok = health.ok, warning = health.warn, problem = health.error }
  for _, finding in ipairs(ended.findings or {}) do
    local text = finding.topic .. ': ' .. finding.text:gsub('\n', '\n  ')
    tell[finding.state](text, finding.toDo ~= '' and finding.toDo or nil)
  end
  if not ended.findings then
    health.error(ended.message)
  end
  check_key(ended.findings or {})
  for _, fix in ipairs(ended.fixes or {}) do
    if typed[fix.command] then
      health.info(('%s: `%s`'):format(fix.title, typed[fix.command]))
    end
  end
end

function M.check()
  health.start('Greenline')
  check_neovim()
  local works = check_server()
  local clients = vim.lsp.get_clients({ name = 'greenline' })
  check_clients(clients)
  for _, client in ipairs(works and clients or {}) do
    health.start('Greenline: ' .. (client.root_dir or client.config.root_dir or 'no folder'))
    check_project(client)
  end
end

return M
