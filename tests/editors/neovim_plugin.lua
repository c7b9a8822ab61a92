-- Plays a person in Neovim who has Greenline's plugin installed: everything by commands, on a project without coverage.
local stage = dofile((debug.getinfo(1, 'S').source:sub(2):gsub('[^/]+$', 'neovim_stage.lua')))
local input, told, wait_for = stage.input, stage.told, stage.wait_for
local buffer_text, signs, statusline, said = stage.buffer_text, stage.signs, stage.statusline, stage.said
told.gaps = {}

local function gap_lines()
  local lines = {}
  for _, diagnostic in ipairs(vim.diagnostic.get(0)) do
    if diagnostic.source == 'greenline' and diagnostic.code ~= 'failing-test' and diagnostic.code ~= 'raised-in-test' then
      lines[diagnostic.lnum + 1] = diagnostic.code
    end
  end
  return lines
end

-- Opens something in a window of its own, takes its text and closes it.
local function look(command, until_it_has)
  local before = vim.api.nvim_get_current_win()
  vim.cmd(command)
  wait_for(command, function()
    return buffer_text():find(until_it_has) ~= nil
  end)
  local text, name = buffer_text(), vim.api.nvim_buf_get_name(0)
  vim.cmd('silent! close')
  if vim.api.nvim_get_current_win() ~= before and vim.api.nvim_win_is_valid(before) then
    vim.api.nvim_set_current_win(before)
  end
  return { text = text, name = name }
end

local function place_cursor(pattern)
  vim.api.nvim_win_set_cursor(0, { vim.fn.search(pattern, 'nw'), 0 })
end

local function go(command)
  local before = vim.api.nvim_win_get_cursor(0)[1]
  vim.cmd(command)
  wait_for(command, function()
    return vim.api.nvim_win_get_cursor(0)[1] ~= before
  end)
  table.insert(told.gaps, vim.api.nvim_win_get_cursor(0)[1])
end

local function cancel_an_endless_one()
  vim.cmd.edit(vim.fn.fnameescape(input.endless))
  wait_for('the server knows the other file', function()
    return vim.b.greenline ~= nil
  end)
  vim.cmd('Greenline generate')
  wait_for('the job is shown', function()
    return statusline():find('Generate test') ~= nil
  end)
  vim.cmd('Greenline cancel')
  wait_for('the job is over', function()
    return statusline():find('Generate test') == nil
  end)
  vim.cmd.edit(vim.fn.fnameescape(input.file))
end

-- Nobody tells the end of what a killed server was doing.
local function kill_the_server()
  vim.cmd.edit(vim.fn.fnameescape(input.endless))
  vim.cmd('Greenline generate')
  wait_for('a job is under way', function()
    return statusline():find('Generate test') ~= nil
  end)
  for _, child in ipairs(vim.api.nvim_get_proc_children(vim.fn.getpid())) do
    vim.uv.kill(child, 'sigkill')
  end
  wait_for('nothing is under way any more', function()
    return statusline():find('Generate test') == nil
  end)
  vim.cmd.edit(vim.fn.fnameescape(input.file))
  wait_for('what nobody keeps true is not shown any more', function()
    return next(signs()) == nil and statusline() == ''
  end)
end

-- Has the page about the project opened where there is a browser, and where there is none.
local function look_at_the_report()
  local open = vim.ui.open
  vim.ui.open = function(uri)
    told.opened = uri
    return { wait = function() return { code = 0 } end }
  end
  vim.cmd('Greenline report')
  wait_for('the browser has the page', function()
    return told.opened ~= nil and statusline():find('Coverage report') == nil
  end)
  assert(not said('The page is in'), 'who sees it needs no path')
  vim.ui.open = function()
    return nil, 'there is no browser'
  end
  vim.cmd('Greenline report')
  wait_for('it is said where the page is', function()
    return said('The page is in')
  end)
  vim.ui.open = open
end

local function play()
  stage.follow_progress()
  stage.open(input.file)
  wait_for('it says that nothing is measured', function()
    return statusline() == 'not measured'
  end)
  told.completed = vim.fn.getcompletion('Greenline ge', 'cmdline')
  told.reports = vim.fn.getcompletion('silent Greenline load ' .. vim.fs.dirname(input.file) .. '/py', 'cmdline')
  told.help = look('help greenline', 'The lines that no test reaches')
  told.help_of_command = look('help :Greenline-generate', 'Generate a test for the function')
  told.health = stage.health()
  told.status = look('Greenline status', '%*%*interpreter%*%*')

  vim.cmd('Greenline run')
  wait_for('coverage after the run', function()
    return next(gap_lines()) ~= nil and next(signs()) ~= nil
  end)
  told.statusline, told.signs = statusline(), signs()
  told.shapes = vim.tbl_values(require('greenline.signs').signs)
  wait_for('the result is told', function()
    return said('test') and statusline():find('Run tests') == nil
  end)

  vim.api.nvim_win_set_cursor(0, { 1, 0 })
  go('Greenline next')
  go('Greenline next')
  go('Greenline prev')

  vim.cmd('Greenline toggle')
  local shown = vim.tbl_filter(function(diagnostic)
    return vim.diagnostic.is_enabled({ ns_id = diagnostic.namespace })
  end, vim.diagnostic.get(0))
  told.hidden = { signs = signs(), diagnostics = #shown }
  vim.cmd('Greenline toggle')
  assert(next(signs()) ~= nil, 'signs are back')

  look_at_the_report()
  cancel_an_endless_one()

  place_cursor(input.generate)
  local line = vim.api.nvim_win_get_cursor(0)[1] + 1
  assert(signs()[tostring(line)] == 'GreenlineUncovered', 'no test reaches it yet')
  vim.cmd('Greenline generate')
  wait_for('the sign is gone', function()
    return signs()[tostring(line)] ~= 'GreenlineUncovered'
  end)
  wait_for('what was gained is told', function()
    return said('passed in')
  end)
  local notify = vim.notify
  vim.notify = function(message)
    told.unknown_command = message
  end
  vim.cmd('Greenline nothing')
  vim.notify = notify
  kill_the_server()
  told.step = 'done'
end

stage.run(play)
